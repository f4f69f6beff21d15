import { useGet } from "@api/hooks";
import { Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  /** Which register to look in. */
  of: "enterprise" | "org";
  value?: string;
  onChange?: (id: string | undefined) => void;
  id?: string;
  disabled?: boolean;
}

const PATHS = { enterprise: "/enterprises", org: "/orgs" } as const;
/** Typing pauses this long before the server is asked. */
const PAUSE_MS = 250;

/** Chooses an enterprise or organisation by name: nobody should have to know its number. */
export function Picker({ of, value, onChange, id, disabled }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const { data, isFetching } = useGet(PATHS[of], {
    query: { q: asked, "page[size]": "20" },
    enabled: opened,
    keep: true,
  });
  const chosen = useName(of, value);
  const options = (data?.items ?? []).map((item) => ({ value: item.id, label: item.name }));
  if (value && !options.some((option) => option.value === value)) options.unshift({ value, label: chosen ?? value });
  return (
    <Select
      id={id}
      allowClear
      disabled={disabled}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t("输入名称查找")}
      value={value}
      onChange={onChange}
      onOpenChange={setOpened}
      loading={isFetching}
      notFoundContent={isFetching ? t("正在查找…") : t("没有找到")}
      options={options}
      style={{ width: "100%" }}
    />
  );
}

/** The name behind a number that came with the URL or the form. */
function useName(of: Props["of"], value: string | undefined): string | undefined {
  const enterprise = useGet("/enterprises/{id}", {
    path: { id: value ?? "" },
    enabled: of === "enterprise" && Boolean(value),
  });
  const orgs = useGet("/orgs", { query: { q: value }, enabled: of === "org" && Boolean(value) });
  return of === "enterprise" ? enterprise.data?.name : orgs.data?.items.find((org) => org.id === value)?.name;
}
