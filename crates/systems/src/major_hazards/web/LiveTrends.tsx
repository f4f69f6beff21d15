import { useGet } from "@api/hooks";
import { Panel } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { TagTrend } from "@kit/TagTrend";
import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** N9-03: live trends of the tags someone picks, side by side. */
export function LiveTrends({ source }: { source: string }) {
  const { t } = useTranslation();
  const [picked, setPicked] = useState<string[] | null>(null);
  const { data, error, refetch } = useGet("/tags", { query: { hazard_source: source, "page[size]": "100" } });
  const tags = data?.items ?? [];
  const shown = picked ?? tags.slice(0, 2).map((tag) => tag.tag);
  if (data && tags.length === 0)
    return <EmptyNext text={t("这个危险源还没有监测点位，请导入点位清单并指定危险源。")} />;
  return (
    <div className="stack">
      <ProblemAlert error={error} retry={() => void refetch()} />
      <Select
        mode="multiple"
        maxCount={4}
        aria-label={t("选择点位")}
        placeholder={t("选择点位，最多 4 个")}
        value={shown}
        onChange={setPicked}
        options={tags.map((tag) => ({ value: tag.tag, label: tag.name }))}
        style={{ width: "100%" }}
      />
      {tags
        .filter((tag) => shown.includes(tag.tag))
        .map((tag) => (
          <Panel key={tag.tag} title={tag.name}>
            <TagTrend tag={tag} height={260} />
          </Panel>
        ))}
    </div>
  );
}
