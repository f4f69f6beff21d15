import { type GetOptions, useGet } from "@api/hooks";
import type { ListOf } from "@api/types";
import { Table, type TableColumnType } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Filter, Filters } from "./Filters";
import { Pager, PrintMark, Toolbar } from "./ListTools";
import { EmptyNext, ProblemAlert } from "./Problem";
import { usePrefs } from "./prefs";
import { useColumns } from "./useColumns";
import { type ListState, useList } from "./useList";

export interface Column<T> {
  key: string;
  title: string;
  render: (row: T) => ReactNode;
  /** The server sorts by `key` (or by this name). */
  sort?: boolean | string;
  width?: number;
  align?: "right" | "center";
  /** Off until someone asks for it in the column settings. */
  hidden?: boolean;
  /** Leave out on a phone. */
  wide?: boolean;
  fixed?: "left" | "right";
}

type ListPath = Parameters<typeof useGet>[0];

interface Props<T> {
  /** Names the list for its column settings. */
  name: string;
  path: ListPath;
  params?: Record<string, string>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  filters?: Filter[];
  /** Filters that the page sets itself. */
  fixed?: Record<string, string | undefined>;
  sort?: string;
  live?: string[];
  every?: number;
  empty: ReactNode;
  emptyAction?: ReactNode;
  actions?: ReactNode;
  rowClassName?: (row: T) => string;
  /** Several lists on one page must not share the URL. */
  list?: ListState;
  exports?: boolean;
}

/** A list: filters, tools, table, pages. Filtering, sorting and paging are the server's; the URL holds them. */
export function CrudTable<T extends object>(props: Props<T>) {
  const { t } = useTranslation();
  const fromUrl = useList({ sort: props.sort, fixed: props.fixed });
  const list = props.list ?? fromUrl;
  const { compact } = usePrefs();
  const options: GetOptions = {
    path: props.params,
    query: list.query,
    live: props.live,
    every: props.every,
    keep: true,
  };
  const { data, error, isFetching, isPending, refetch } = useGet(props.path, options);
  const answer = data as ListOf<T> | undefined;
  const { shown, settings } = useColumns(props.name, props.columns);
  const filtered = Object.keys(list.filters).length > 0;
  return (
    <>
      {props.filters && props.filters.length > 0 && (
        <section className="panel no-print" aria-label={t("筛选")}>
          <Filters filters={props.filters} list={list} />
        </section>
      )}
      <section className="panel" ref={reachable}>
        <Toolbar
          path={props.path}
          params={props.params}
          query={list.query}
          actions={props.actions}
          settings={settings}
          exports={props.exports ?? true}
          refresh={() => void refetch()}
        />
        <ProblemAlert error={error} retry={() => void refetch()} />
        <Table<T>
          size={compact ? "small" : "middle"}
          rowKey={props.rowKey}
          columns={shown.map((column) => toAntd(column, list.sort, t))}
          dataSource={answer?.items ?? []}
          loading={isPending || (isFetching && !answer)}
          pagination={false}
          rowClassName={props.rowClassName}
          scroll={{ x: "max-content" }}
          sticky={{ offsetHeader: 48 }}
          onChange={(_, __, sorter) => {
            const one = Array.isArray(sorter) ? sorter[0] : sorter;
            const column = props.columns.find((each) => each.key === one?.columnKey);
            list.setSort(column && one?.order ? (one.order === "descend" ? "-" : "") + sortName(column) : "");
          }}
          locale={{
            emptyText: isPending ? (
              " "
            ) : filtered ? (
              <EmptyNext text={t("没有符合条件的记录，可以减少筛选条件再查。")} />
            ) : (
              <EmptyNext text={props.empty} action={props.emptyAction} />
            ),
          }}
        />
        {answer && <Pager list={list} answer={answer} />}
        <PrintMark />
      </section>
    </>
  );
}

/** The table scrolls sideways inside its own box, which Ant Design leaves out of the tab order. */
function reachable(panel: HTMLElement | null): void {
  panel?.querySelector(".ant-table-body")?.setAttribute("tabindex", "0");
}

function sortName<T>(column: Column<T>): string {
  return typeof column.sort === "string" ? column.sort : column.key;
}

function toAntd<T>(column: Column<T>, sort: string, t: (text: string) => string): TableColumnType<T> {
  const name = sortName(column);
  return {
    key: column.key,
    title: t(column.title),
    width: column.width,
    align: column.align,
    fixed: column.fixed,
    responsive: column.wide ? ["md"] : undefined,
    sorter: Boolean(column.sort),
    sortOrder: sort === name ? "ascend" : sort === `-${name}` ? "descend" : null,
    className: column.align === "right" ? "num" : undefined,
    render: (_, row) => column.render(row),
  };
}
