import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Picker } from "./Picker";
import { useRegions } from "./regions";
import type { ListState } from "./useList";
import { usePhone } from "./usePhone";

export interface Filter {
  key: string;
  label: string;
  /** Choices; without them the filter is a text field. */
  options?: { value: string; label: string }[];
  placeholder?: string;
  /** `enterprise`, `org` and `region` are chosen by name. */
  type?: "text" | "date" | "enterprise" | "org" | "region";
}

/** Three filters in sight (one on a phone), the rest behind 展开; a choice acts at once, a text on Enter or 查询. */
export function Filters({ filters, list }: { filters: Filter[]; list: ListState }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Record<string, string>>(list.filters);
  const phone = usePhone();
  const few = phone ? 1 : 3;
  const hiddenInUse = filters.slice(few).some((filter) => list.filters[filter.key]);
  const [open, setOpen] = useState(hiddenInUse);
  const fromUrl = JSON.stringify(list.filters);
  useEffect(() => setDraft(JSON.parse(fromUrl) as Record<string, string>), [fromUrl]);
  const shown = open ? filters : filters.slice(0, few);
  const search = () =>
    list.setFilters(Object.fromEntries(filters.map((filter) => [filter.key, draft[filter.key]?.trim() || undefined])));
  return (
    <form
      className="filters"
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      {shown.map((filter) => {
        const id = `filter-${filter.key}`;
        return (
          <div className="filter" key={filter.key}>
            <label htmlFor={id}>{t(filter.label)}</label>
            {filter.type === "enterprise" || filter.type === "org" ? (
              <Picker
                id={id}
                of={filter.type}
                value={list.filters[filter.key]}
                onChange={(value) => list.setFilters({ [filter.key]: value })}
              />
            ) : filter.type === "region" ? (
              <RegionFilter
                id={id}
                value={list.filters[filter.key]}
                onChange={(value) => list.setFilters({ [filter.key]: value })}
              />
            ) : filter.options ? (
              <Choice
                id={id}
                value={list.filters[filter.key]}
                options={filter.options.map((option) => ({ value: option.value, label: t(option.label) }))}
                onChange={(value) => list.setFilters({ [filter.key]: value })}
              />
            ) : (
              <Input
                id={id}
                type={filter.type === "date" ? "date" : "text"}
                allowClear
                placeholder={filter.placeholder && t(filter.placeholder)}
                value={draft[filter.key] ?? ""}
                onChange={(event) => setDraft({ ...draft, [filter.key]: event.target.value })}
              />
            )}
          </div>
        );
      })}
      <div className="filter-buttons">
        <Button htmlType="submit" type="primary">
          {t("查询")}
        </Button>
        <Button onClick={list.reset}>{t("重置")}</Button>
        {filters.length > few && (
          <Button
            type="link"
            icon={open ? <UpOutlined /> : <DownOutlined />}
            onClick={() => setOpen(!open)}
            aria-expanded={open}
          >
            {open ? t("收起") : t("展开")}
          </Button>
        )}
      </div>
    </form>
  );
}

interface ChoiceProps {
  id: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Choice({
  id,
  value,
  options,
  onChange,
  onOpenChange,
}: ChoiceProps & { options: { value: string; label: string }[]; onOpenChange?: (open: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      id={id}
      allowClear
      showSearch={options.length > 10 ? { optionFilterProp: "label" } : false}
      placeholder={t("全部")}
      value={value || undefined}
      options={options}
      onChange={onChange}
      onOpenChange={onOpenChange}
    />
  );
}

/** The areas below mine, asked for when someone opens the list or a link has chosen one. */
function RegionFilter(props: ChoiceProps) {
  const [opened, setOpened] = useState(false);
  const regions = useRegions(opened || Boolean(props.value));
  return <Choice {...props} options={regions} onOpenChange={(open) => open && setOpened(true)} />;
}
