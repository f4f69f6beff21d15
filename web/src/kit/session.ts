import { createContext, useContext } from "react";

/** What the kit and the parts may know of who is signed in. */
export interface Me {
  username: string;
  person: string;
  roles: string[];
  region: string;
  org: string;
  subject: string;
  /** What my roles allow, as `part:action`. */
  may: string[];
}

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me | null {
  return useContext(MeContext);
}

/** Whether my roles allow an act, e.g. `online:clear`. A control for refused work is not shown; the server decides again. */
export function useMay(): (act: string) => boolean {
  const me = useContext(MeContext);
  return (act) => me?.may.includes(act) ?? false;
}
