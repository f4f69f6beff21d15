use super::*;
use proptest::prelude::*;

const NOW: Ms = 1_795_000_000_000;

fn known(tag: &str) -> Known {
    match tag {
        t if t.starts_with("E001-") => Known::Mine,
        t if t.starts_with("E002-") => Known::OtherEnterprise,
        _ => Known::Unknown,
    }
}

fn live(text: &str) -> Result<Message, Refused> {
    parse(Stream::Telemetry, text.as_bytes(), NOW, known)
}

fn with_values(values: &str) -> Message {
    live(&format!(r#"{{"seq":1,"ts":{NOW},"boot":"b1","values":{values}}}"#)).unwrap()
}

#[test]
fn a_good_message_is_taken_with_quality_good() {
    let m = with_values(r#"{"E001-T1-level":50.5,"E001-T1-temp":21}"#);
    assert_eq!(m.values.len(), 2);
    assert_eq!(m.values[1], Value { tag: "E001-T1-temp".into(), value: 21.0, quality: Quality::Good });
    assert!(m.refused.is_empty());
}

#[test]
fn good_values_beside_bad_ones_are_kept_and_each_bad_one_is_named() {
    let m = with_values(
        r#"{"E001-a":1,"E001-b":"12","E001-c":NaN,"E001-d":1e999,"E001-e":[[1]],"E001-f":{"x":1},
            "E001-g":null,"E001-h":true,"E001-i":-Infinity,"E002-x":3,"nobody":4,"E001-j":1e13,"E001-a":2,"坏":1}"#,
    );
    assert_eq!(m.values.iter().map(|v| v.tag.as_str()).collect::<Vec<_>>(), ["E001-a"]);
    let codes: Vec<_> = m.refused.iter().map(|r| r.code).collect();
    assert_eq!(
        codes,
        [
            "number",
            "number",
            "number",
            "number",
            "number",
            "number",
            "number",
            "number",
            "foreign_tag",
            "unknown_tag",
            "range",
            "repeated",
            "tag"
        ]
    );
    assert_eq!(m.refused[1].field, "values.E001-c");
    assert_eq!(m.refused[1].value, "NaN");
    assert_eq!(m.refused[2].value, "1e999");
}

#[test]
fn live_readings_may_be_three_hundred_seconds_off_and_no_more() {
    let at = |ts: Ms| live(&format!(r#"{{"seq":1,"ts":{ts},"boot":1,"values":{{"E001-a":1}}}}"#));
    assert!(at(NOW + 300_000).is_ok());
    assert!(at(NOW - 300_000).is_ok());
    assert_eq!(at(NOW + 300_001).unwrap_err().code, "future");
    let past = at(NOW - 300_001).unwrap_err();
    assert_eq!(past.code, "past");
    assert!(past.message.contains("late"), "names the way out: {}", past.message);
    assert_eq!(at(i64::MIN).unwrap_err().code, "past");
    assert_eq!(at(i64::MAX).unwrap_err().code, "future");
}

#[test]
fn late_readings_may_be_old_but_not_from_the_future() {
    let at = |ts: Ms| {
        parse(Stream::Late, format!(r#"{{"seq":1,"ts":{ts},"boot":1,"values":{{"E001-a":1}}}}"#).as_bytes(), NOW, known)
    };
    assert!(at(NOW - 72 * 3_600_000).is_ok());
    assert_eq!(at(NOW - LATE_WINDOW_MS - 1).unwrap_err().code, "past");
    assert_eq!(at(NOW + 300_001).unwrap_err().code, "future");
}

#[test]
fn missing_and_wrong_heads_are_named() {
    let field = |text: &str| live(text).unwrap_err().field;
    assert_eq!(field(r#"{"ts":1,"boot":1,"values":{"E001-a":1}}"#), "seq");
    assert_eq!(field(r#"{"seq":-1,"ts":1,"boot":1,"values":{"E001-a":1}}"#), "seq");
    assert_eq!(field(r#"{"seq":1.5,"ts":1,"boot":1,"values":{"E001-a":1}}"#), "seq");
    assert_eq!(field(r#"{"seq":1,"ts":"now","boot":1,"values":{"E001-a":1}}"#), "ts");
    assert_eq!(field(r#"{"seq":1,"ts":1,"values":{"E001-a":1}}"#), "boot");
    assert_eq!(field(r#"{"seq":1,"ts":1,"boot":"a b","values":{"E001-a":1}}"#), "boot");
    assert_eq!(field(&format!(r#"{{"seq":1,"ts":{NOW},"boot":1,"values":{{}}}}"#)), "values");
    assert_eq!(field("[1,2"), "payload");
    assert_eq!(field(""), "payload");
    assert_eq!(field("{\"values\":7}"), "payload");
}

#[test]
fn the_size_cap_comes_before_the_parser() {
    let big = vec![b' '; MAX_BYTES + 1];
    assert_eq!(parse(Stream::Telemetry, &big, NOW, known).unwrap_err().code, "size");
}

#[test]
fn deep_nesting_costs_the_value_or_the_message_but_never_the_stack() {
    for depth in [10, 100, 10_000, 30_000] {
        let nested = format!(
            r#"{{"seq":1,"ts":{NOW},"boot":1,"values":{{"E001-a":{}{}}}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        );
        match live(&nested) {
            Ok(m) => assert_eq!(m.refused[0].code, "number"),
            Err(refused) => assert_eq!(refused.code, "json"),
        }
    }
}

#[test]
fn quality_is_one_word_or_one_per_tag() {
    let with = |quality: &str| {
        live(&format!(r#"{{"seq":1,"ts":{NOW},"boot":1,"values":{{"E001-a":1,"E001-b":2}},"quality":{quality}}}"#))
            .unwrap()
    };
    assert!(with(r#""bad""#).values.iter().all(|v| v.quality == Quality::Bad));
    let each = with(r#"{"E001-b":"uncertain"}"#);
    assert_eq!(each.values[0].quality, Quality::Good);
    assert_eq!(each.values[1].quality, Quality::Uncertain);
    assert_eq!(with(r#"{"E001-b":"great"}"#).refused[0].field, "quality.E001-b");
}

#[test]
fn topics_name_device_and_stream() {
    assert_eq!(Stream::of_topic("anlan/v1/GW-1/telemetry"), Some(("GW-1", Stream::Telemetry)));
    assert_eq!(Stream::of_topic("anlan/v1/GW-1/late"), Some(("GW-1", Stream::Late)));
    for bad in [
        "anlan/v1/+/telemetry",
        "anlan/v1/a/b/telemetry",
        "anlan/v1//telemetry",
        "anlan/v2/a/telemetry",
        "anlan/v1/a",
        "$SYS/x",
        "anlan/v1/a/cmd",
    ] {
        assert_eq!(Stream::of_topic(bad), None, "{bad}");
    }
}

#[test]
fn ndjson_lines_keep_their_numbers() {
    let numbers: Vec<_> = lines(b"{}\n\n  \r\n{}\r\n").map(|(n, l)| (n, l.len())).collect();
    assert_eq!(numbers, [(1, 2), (4, 2)]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(Stream::Telemetry, &bytes, NOW, known);
    }

    #[test]
    fn arbitrary_json_like_text_never_panics(text in r#"[\{\}\[\]",:0-9eE+\-.a-zN\\ ]{0,200}"#) {
        let _ = parse(Stream::Late, text.as_bytes(), NOW, known);
    }

    #[test]
    fn mutated_messages_never_yield_a_value_outside_the_rules(position in 0usize..120, byte in any::<u8>()) {
        let mut text = format!(r#"{{"seq":7,"ts":{NOW},"boot":"b1","values":{{"E001-a":12.5,"E001-b":-3e2,"E002-c":1}},"quality":"good"}}"#).into_bytes();
        let at = position % text.len();
        text[at] = byte;
        if let Ok(m) = parse(Stream::Telemetry, &text, NOW, known) {
            prop_assert!(m.values.iter().all(|v| v.value.is_finite() && v.value.abs() <= MAX_MAGNITUDE && known(&v.tag) == Known::Mine));
            prop_assert!((m.ts - NOW).abs() <= LIVE_WINDOW_MS);
        }
    }
}
