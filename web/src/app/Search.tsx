import { SearchOutlined } from "@ant-design/icons";
import { useGet } from "@api/hooks";
import { AppLink } from "@kit/nav";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** Typing pauses this long before the server is asked. */
const PAUSE_MS = 250;

/** Finds firms, hazard sources and tags by name, code or pinyin initials; the hits are ordinary links below the field. */
export function Search() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, isFetching } = useGet("/search", { query: { q: asked }, enabled: asked.length > 0, keep: true });
  const close = () => {
    setOpen(false);
    setText("");
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is younger than the browsers we serve
    <section
      ref={box}
      className="search"
      role="search"
      onFocus={() => setOpen(true)}
      onBlur={(event) => !box.current?.contains(event.relatedTarget) && setOpen(false)}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <SearchOutlined />
      <input
        value={text}
        maxLength={64}
        onChange={(event) => setText(event.target.value)}
        placeholder={t("企业、信用代码、危险源")}
        aria-label={t("全局搜索")}
      />
      {open && asked && (
        <div className="search-hits" aria-live="polite">
          {data?.items.map((hit) => (
            <AppLink key={hit.link} to={hit.link} onClick={close}>
              <strong>{hit.title}</strong>
              <span>{hit.subtitle}</span>
            </AppLink>
          ))}
          {data?.items.length === 0 && !isFetching && <p>{t("没有找到，可以换名称中的两个字或拼音首字母再试。")}</p>}
          {!data && isFetching && <p>{t("正在查找…")}</p>}
        </div>
      )}
    </section>
  );
}
