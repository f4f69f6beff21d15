import type { ReactNode } from "react";
import { useEffect } from "react";

/** One page: its only h1, what can be done on the right, the content below. */
export function Page({
  title,
  extra,
  note,
  children,
}: {
  title: string;
  extra?: ReactNode;
  note?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} - 安澜`;
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          {note && <div className="page-note">{note}</div>}
        </div>
        {extra && <div className="page-extra">{extra}</div>}
      </div>
      {children}
    </div>
  );
}

/** A white card with a heading, the unit every page is built from. */
export function Panel({
  title,
  extra,
  className = "",
  children,
}: {
  title?: ReactNode;
  extra?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section className={`panel ${className}`}>
      {title && (
        <div className="panel-head">
          <h2>{title}</h2>
          {extra && <div className="panel-extra">{extra}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
