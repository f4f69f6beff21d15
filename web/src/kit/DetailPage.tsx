import { Skeleton } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Page, Panel } from "./Page";
import { ProblemAlert } from "./Problem";
import { Timeline } from "./Timeline";

interface Props {
  title: string | undefined;
  note?: ReactNode;
  extra?: ReactNode;
  error?: unknown;
  retry?: () => void;
  loading?: boolean;
  /** Whose events stand on the right: an object such as `alarm/<id>`, or all of an enterprise. */
  timeline?: { subject?: string; enterprise?: string };
  live?: string[];
  children: ReactNode;
}

/** One object: header, content on the left, everything that happened to it on the right. */
export function DetailPage({ title, note, extra, error, retry, loading, timeline, live, children }: Props) {
  const { t } = useTranslation();
  return (
    <Page title={title ?? t("正在载入")} note={note} extra={extra}>
      <ProblemAlert error={error} retry={retry} />
      {loading && !error && <Skeleton active />}
      {!loading && !error && (
        <div className={timeline ? "columns" : "stack"}>
          <div className="stack">{children}</div>
          {timeline && (
            <Panel title={t("经过")}>
              <Timeline query={timeline} live={live} />
            </Panel>
          )}
        </div>
      )}
    </Page>
  );
}

/** Label and value in pairs, with where each value came from. */
export function Pairs({ items }: { items: { label: string; value: ReactNode; note?: ReactNode }[] }) {
  return (
    <dl className="pairs">
      {items.map((item) => (
        <div key={item.label}>
          <dt>{item.label}</dt>
          <dd>
            {item.value === null || item.value === undefined || item.value === "" ? "—" : item.value}
            {item.note && <small>{item.note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A short table inside a page; long ones are CrudTables. */
export function PlainTable({
  head,
  rows,
  empty,
}: {
  head: string[];
  rows: { key: string; cells: ReactNode[] }[];
  empty: string;
}) {
  if (rows.length === 0) return <p className="quiet">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <section className="scroll-x" tabIndex={0} aria-label={head.join("、")}>
      <table className="plain-table">
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, at) => (
                <td key={head[at] ?? at}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
