/** What builds the fields of an event. The fields of a row are texts and numbers. */
export type Body = () => Record<string, string | number>;

/** The one field of an event whose body failed: why it did. */
export const BODY_FAILED = "bodyFailed";

/** Whether these fields only say that building the real ones failed. */
export function hasFailed(attrs: Readonly<Record<string, string | number>>): boolean {
  return Object.hasOwn(attrs, BODY_FAILED);
}
