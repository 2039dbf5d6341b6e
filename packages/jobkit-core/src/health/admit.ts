import { type Alert, isActive } from "./alert.ts";
import type { Finding } from "./rule.ts";

/** Target of the finding that stands for all that have no place of their own. No job or pool can be named so. */
export const OTHER_TARGETS = "(others)";

/**
 * The findings of one rule that get an alert of their own, and one for the rest. Targets that have an alert
 * keep it, whatever the order of the findings: an alert does not end because others are worse.
 * @param findings worst first; of two about one target the first stands.
 * @param alerts those of this rule.
 */
export function admit(
  findings: readonly Finding[],
  alerts: readonly Alert[],
  targetsMax: number,
): readonly Finding[] {
  const active = new Set(alerts.filter(isActive).map(({ target }) => target));
  active.delete(OTHER_TARGETS);
  let places = targetsMax - active.size;
  const admitted = new Map<string, Finding>();
  const rest = new Map<string, Finding>();
  for (const finding of findings) {
    const { target } = finding;
    if (admitted.has(target) || rest.has(target)) continue;
    if (active.has(target)) admitted.set(target, finding);
    else if (finding.easing !== true && places > 0) {
      places -= 1;
      admitted.set(target, finding);
    } else if (finding.easing !== true) rest.set(target, finding);
  }
  const [worst] = rest.values();
  if (worst === undefined) return [...admitted.values()];
  const others: Finding = {
    ...worst,
    target: OTHER_TARGETS,
    why: `${rest.size} more, such as ${worst.target}: ${worst.why}`,
  };
  return [...admitted.values(), others];
}
