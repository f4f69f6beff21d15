import { CloseOutlined, PaperClipOutlined } from "@ant-design/icons";
import { ApiError, upload } from "@api/client";
import type { StoredFile } from "@api/types";
import { Button } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "./Problem";

/** Photos and papers of a form. Each is stored at once, so that the form carries only digests. */
export function UploadBox({
  value = [],
  onChange,
  accept = "image/*,application/pdf",
  max = 6,
}: {
  value?: StoredFile[];
  onChange?: (files: StoredFile[]) => void;
  accept?: string;
  max?: number;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const add = async (files: FileList | null) => {
    setError(null);
    setBusy(true);
    let all = value;
    try {
      for (const file of Array.from(files ?? []).slice(0, max - value.length)) {
        const stored = await upload<StoredFile>("/files", file);
        all = [...all.filter((each) => each.digest !== stored.digest), { ...stored, name: stored.name || file.name }];
        onChange?.(all);
      }
    } catch (refusal) {
      if (refusal instanceof ApiError) setError(refusal);
      else throw refusal;
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      {value.map((file) => (
        <div className="row" key={file.digest}>
          <PaperClipOutlined />
          <span>{file.name}</span>
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={`${t("移除")} ${file.name}`}
            onClick={() => onChange?.(value.filter((each) => each.digest !== file.digest))}
          />
        </div>
      ))}
      {value.length < max && (
        <div>
          <input
            id={id}
            type="file"
            className="file-input"
            accept={accept}
            multiple
            disabled={busy}
            onChange={(event) => {
              void add(event.target.files);
              event.target.value = "";
            }}
          />
          <label htmlFor={id} className="file-label">
            {busy ? t("正在上传…") : t("选择文件")}
          </label>{" "}
          <span className="quiet">
            {t("最多")} {max} {t("个")}
          </span>
        </div>
      )}
      <ProblemAlert error={error} />
    </div>
  );
}
