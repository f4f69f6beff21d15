import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

/** An opinion with the sentences that are usual here; a click fills one in. */
export function OpinionField({
  name,
  label,
  phrases = [],
  min = 2,
  required = true,
}: {
  name: string;
  label: string;
  phrases?: string[];
  min?: number;
  required?: boolean;
}) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  return (
    <>
      <Form.Item
        name={name}
        label={t(label)}
        rules={[
          { required, whitespace: required, message: `${t("请填写")}${t(label)}` },
          { min, message: `${t("至少")} ${min} ${t("个字")}` },
        ]}
      >
        <Input.TextArea rows={3} maxLength={500} showCount />
      </Form.Item>
      {phrases.length > 0 && (
        <fieldset className="phrases" aria-label={t("常用意见")}>
          {phrases.map((phrase) => (
            <Button key={phrase} size="small" onClick={() => form.setFieldValue(name, phrase)}>
              {t(phrase)}
            </Button>
          ))}
        </fieldset>
      )}
    </>
  );
}
