import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Pagination } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cellText, cellValue, changed, columnsOf, type Row, sampleOf } from "./ruleCells";

const PAGE = 20;

/** The rows of an edition as a grid to type into. */
export function EditionRows({ rows, change }: { rows: Row[]; change: (rows: Row[]) => void }) {
  const { t } = useTranslation();
  const [page, setPage] = useState(1);
  const columns = columnsOf(rows);
  const first = (page - 1) * PAGE;
  const add = () => {
    change([...rows, { ...rows[rows.length - 1] }]);
    setPage(Math.ceil((rows.length + 1) / PAGE));
  };
  return (
    <fieldset className="rows">
      <legend>
        {t("各行数值")}（{rows.length}）
      </legend>
      <div className="scroll-x">
        <table className="plain-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column}>{column}</th>
              ))}
              <th>{t("操作")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(first, first + PAGE).map((row, offset) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its values change while people type
              <tr key={first + offset}>
                {columns.map((column) => (
                  <td key={column}>
                    <Cell
                      label={`${column} ${first + offset + 1}`}
                      value={row[column]}
                      sample={sampleOf(rows, column)}
                      change={(value) => change(changed(rows, first + offset, column, value))}
                    />
                  </td>
                ))}
                <td>
                  <Button
                    type="text"
                    danger
                    icon={<DeleteOutlined />}
                    aria-label={`${t("删除")} ${first + offset + 1}`}
                    disabled={rows.length === 1}
                    onClick={() => change(rows.filter((_, at) => at !== first + offset))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="row">
        <Button icon={<PlusOutlined />} onClick={add}>
          {t("添加一行")}
        </Button>
        {rows.length > PAGE && (
          <Pagination
            size="small"
            current={page}
            pageSize={PAGE}
            total={rows.length}
            onChange={setPage}
            showSizeChanger={false}
          />
        )}
      </div>
    </fieldset>
  );
}

interface CellProps {
  label: string;
  value: unknown;
  sample: unknown;
  change: (value: unknown) => void;
}

/** A cell takes its value when it is left, so that half a number is never one. */
function Cell({ label, value, sample, change }: CellProps) {
  const [text, setText] = useState<string | null>(null);
  return (
    <Input
      aria-label={label}
      style={{ minWidth: 90 }}
      value={text ?? cellText(value)}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        if (text !== null && text !== cellText(value)) change(cellValue(text, sample));
        setText(null);
      }}
    />
  );
}
