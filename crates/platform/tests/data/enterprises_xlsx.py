#!/usr/bin/env python3
"""Makes enterprises.xlsx: a register as a county office keeps it, saved by LibreOffice.

Run it with `python3 enterprises_xlsx.py` where `soffice` is on the path (Debian package
libreoffice-calc). The sheet is laid out here as Flat ODS and saved as .xlsx by LibreOffice, so
the workbook that the tests read was written by a spreadsheet program, with its own ideas of
styles, shared texts and merged cells.

What is in it on purpose: a first worksheet without data; a merged title, a merged line of
remarks and a blank line above a header of two lines with cells merged across and down; blank
lines between the rows; numbers formatted as text, full-width digits and letters, stray spaces,
thousands separators; a column (备注) the import does not know. Every firm is invented; the
region 990121 does not exist. Three rows are in error: 华山 (check digit), 青溪 (a count of
people in words), and one without a name whose longitude is not on Earth.
"""

import pathlib
import subprocess
import tempfile
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).parent
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(serial: str) -> str:
    """GB 32100-2015: 9 (industry and commerce), 1 (enterprise), region, body code, check digit."""
    body = "MA" + serial
    weights = [3, 7, 9, 10, 5, 8, 4, 2]
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    rest = 11 - sum(w * v for w, v in zip(weights, values)) % 11
    code = "91990121" + body + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(pow(3, i, 31) * ALPHABET.index(c) for i, c in enumerate(code))
    return code + ALPHABET[(31 - total % 31) % 31]


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


C = [credit_code(f"9500{i}") for i in range(10, 22)]
WRONG = C[4][:-1] + ("0" if C[4][-1] != "0" else "1")

# 序号, 企业名称, 统一社会信用代码, 行政区划代码, 行业门类, 行业代码, 从业人数, 地址, 联系人, 联系电话, 经度, 纬度, 备注
# A Python number becomes a number cell, a str a text cell, None an empty cell.
ROWS = [
    [1, "岚江松石化工有限公司", C[0], 990121101, "C", 2614, 126, "岚江化工园区松石路1号", "陈江", "13900000001", 116.512, 30.221, None],
    [2, "　岚江（东港）仓储有限公司 ", wide(C[1]), "９９０１２１１０２", "Ｇ", "5941", "８６", "东港镇码头路 8 号", "李 河", 13900000002, "116.498", "30.205", "租用两间厂房"],
    None,
    [3, "云帆机械制造有限公司", f" {C[2][:8]} {C[2][8:]} ", "990121103", "C", "3421", "1,280", "云帆工业园３号", "王海", "０９９０－６６０００１", "１１６．４７３", "３０．１９８", None],
    [4, "白沙木业有限公司", C[3], 990121104, "c", 2021, "42", "白沙镇林场路12号", "赵湖", "13900000004", 116.455, 30.187, None],
    [5, "华山涂料有限公司", WRONG, 990121104, "C", 2641, 58, "白沙镇涂料街5号", "钱溪", "13900000005", 116.461, 30.182, "末位抄错"],
    None,
    None,
    [6, "石门采石场有限公司", C[5], "990121105", "B", "1011", "35.0", "石门镇采石路", "孙山", "13900000006", "116.401", "30.155", None],
    [7, "青溪食品有限公司", C[6], 990121106, "C", "1371", "三十人", "青溪镇食品路9号", "周田", "13900000007", 116.388, 30.143, None],
    [8, None, C[7], 990121106, "C", 1761, 210, "青溪镇纺织路2号", "吴村", "13900000008", 999.1, 30.139, None],
    [9, "岚江热力有限公司", C[8], 990121101, "D", 4430, 97, "岚江化工园区热力路", "郑江", "13900000009", 116.509, 30.224, None],
    [10, "望江酒店管理有限公司", C[9], 990121102, "H", 6110, "１４５", "东港镇望江路66号", None, None, None, None, None],
]
HEADER = ["序号", "企业名称", "统一社会信用代码", "行政区划代码", "行业门类", "行业代码", "从业人数（人）", "地址", "联系人", "联系电话", "经度", "纬度", "备注"]
GROUPS = {8: "联系信息", 10: "位置"}  # each over two columns


def cell(value, columns=1, rows=1, style="text"):
    span = f' table:number-columns-spanned="{columns}" table:number-rows-spanned="{rows}"' if columns * rows > 1 else ""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell table:style-name="{style}" office:value-type="string"{span}><text:p>{escape(value).replace("  ", " <text:s/>")}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"{span}><text:p>{value}</text:p></table:table-cell>'


def covered(count=1):
    return "<table:covered-table-cell/>" * count


def row(*cells):
    return "<table:table-row>" + "".join(cells) + "</table:table-row>"


def header_rows():
    upper, lower = [], []
    for index, title in enumerate(HEADER):
        if index in GROUPS:
            upper.append(cell(GROUPS[index], columns=2))
            lower.append(cell(title))
        elif index - 1 in GROUPS:
            upper.append(covered())
            lower.append(cell(title))
        else:
            upper.append(cell(title, rows=2))
            lower.append(covered())
    return row(*upper) + row(*lower)


def document():
    width = len(HEADER)
    lines = row(cell("岚江县企业名录（二〇二六年三月）", columns=width), covered(width - 1))
    lines += row(cell("填报单位：岚江县（虚构）　　填报日期：２０２６年３月１日", columns=width), covered(width - 1))
    lines += row(cell(None)) + header_rows()
    for values in ROWS:
        lines += row(*map(cell, values)) if values else row(cell(None))
    notes = row(cell("填报说明")) + row(cell("一、每家企业填一行。二、信用代码以营业执照为准。"))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles><number:text-style style:name="at"><number:text-content/></number:text-style><style:style style:name="text" style:family="table-cell" style:data-style-name="at"/></office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="填报说明">{notes}</table:table>
<table:table table:name="企业名录">{lines}</table:table>
</office:spreadsheet></office:body></office:document>"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "enterprises.fods"
        source.write_text(document(), encoding="utf-8")
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             "--convert-to", "xlsx", "--outdir", str(HERE), str(source)],
            check=True,
        )


if __name__ == "__main__":
    main()
