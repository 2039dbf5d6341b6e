export { SeededRandom } from "../base/seeded-random.ts";
