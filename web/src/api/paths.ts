/** The server's routes without their common prefix; a part that is newer than the generated schema may add its own here. */
import type { paths as Generated } from "./schema";

type Stripped = { [P in keyof Generated as P extends `/api/v1${infer Rest}` ? Rest : never]: Generated[P] };

export interface paths extends Stripped {}

export type Query = Record<string, string | undefined>;
