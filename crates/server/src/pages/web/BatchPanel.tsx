import { API, ApiError } from "@api/client";
import { Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { useMutation } from "@tanstack/react-query";
import { Alert } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";

interface Computed {
  rows: number;
  refused: number;
  url: string;
  name: string;
}

async function compute(rule: string, file: File): Promise<Computed> {
  const body = new FormData();
  body.set("file", file, file.name);
  const response = await fetch(`${API}/calc/${rule}/batch`, { method: "POST", body });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({ type: "about:blank", title: "服务器处理出错" }));
    throw new ApiError({ ...problem, status: response.status });
  }
  const count = (name: string) => Number(response.headers.get(name) ?? 0);
  const url = URL.createObjectURL(await response.blob());
  return { rows: count("x-rows"), refused: count("x-refused"), url, name: file.name.replace(/\.\w+$/, "") };
}

/** A workbook in, a workbook with results and reasons out. */
export function BatchPanel({ rule }: { rule: string }) {
  const { t } = useTranslation();
  const id = useId();
  const batch = useMutation<Computed, ApiError, File>({ mutationFn: (file) => compute(rule, file) });
  return (
    <Panel title={t("批量计算")} className="no-print">
      <div className="stack">
        <p className="quiet">
          {t("下载模板，填好后上传；每行的结果或不能计算的原因写回一张表。文件只用于计算，不保存。")}
        </p>
        <div className="row">
          <a className="file-label" href={`${API}/calc/${rule}/template`} download>
            {t("下载模板")}
          </a>
          <input
            id={id}
            type="file"
            className="file-input"
            accept=".xlsx,.csv"
            disabled={batch.isPending}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) batch.mutate(file);
              event.target.value = "";
            }}
          />
          <label htmlFor={id} className="file-label">
            {batch.isPending ? t("正在计算…") : t("选择文件并计算")}
          </label>
        </div>
        <div aria-live="polite">
          <ProblemAlert error={batch.error} />
          {batch.data && (
            <Alert
              type={batch.data.refused > 0 ? "warning" : "success"}
              showIcon
              title={`${t("已计算行数")} ${batch.data.rows}，${t("其中不能计算")} ${batch.data.refused}`}
              description={
                <a href={batch.data.url} download={`${batch.data.name}-${t("结果")}.xlsx`}>
                  {t("下载结果")}
                </a>
              }
            />
          )}
        </div>
      </div>
    </Panel>
  );
}
