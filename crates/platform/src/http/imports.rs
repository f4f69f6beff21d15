//! Imports over HTTP: template, dry run, apply, and the workbook of the rows in error.
use crate::app::App;
use crate::args;
use crate::ctx::Ctx;
use crate::db::sql;
use crate::error::{Error, Result};
use crate::files;
use crate::http::{Params, PathId, list::download};
use crate::import::{self, Report};
use crate::part::{Import, Part};
use axum::Json;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Routes of imports.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(kinds))
        .routes(routes!(template))
        .routes(routes!(check))
        .routes(routes!(apply))
        .routes(routes!(errors))
}

/// A column of an import.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportColumn {
    key: String,
    title: String,
    required: bool,
    rule: String,
    example: String,
}

/// A kind of import the caller may run.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportKind {
    kind: String,
    title: String,
    part: String,
    columns: Vec<ImportColumn>,
}

/// 可导入的内容
#[utoipa::path(get, path = "/imports", tag = "imports", responses((status = 200, body = Vec<ImportKind>)))]
async fn kinds(ctx: Ctx) -> Json<Vec<ImportKind>> {
    let all = ctx.app.parts().iter().flat_map(|p| p.imports.iter().map(move |i| (*p, i)));
    let kinds = all.filter(|(part, import)| ctx.may(part, import.action)).map(|(part, import)| ImportKind {
        kind: import.kind.to_owned(),
        title: import.sheet.title.to_owned(),
        part: part.key.to_owned(),
        columns: import
            .sheet
            .columns
            .iter()
            .map(|c| ImportColumn {
                key: c.key.to_owned(),
                title: c.title.to_owned(),
                required: c.required,
                rule: c.rule_text(),
                example: c.example.to_owned(),
            })
            .collect(),
    });
    Json(kinds.collect())
}

fn find(ctx: &Ctx, kind: &str) -> Result<(&'static Part, &'static Import)> {
    let (part, import) = import::find(&ctx.app, kind).ok_or(Error::NotFound)?;
    ctx.allow(part, import.action)?;
    Ok((part, import))
}

/// 空白模板
#[utoipa::path(get, path = "/imports/{kind}/template", tag = "imports", params(("kind" = String, Path)), responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn template(ctx: Ctx, PathId(kind): PathId<String>) -> Result<Response> {
    let (_, import) = find(&ctx, &kind)?;
    let bytes = crate::sheets::template(import.sheet).map_err(Error::internal)?;
    Ok(download(&format!("{}导入模板", import.sheet.title), "xlsx", XLSX, bytes))
}

/// The single file of a multipart form.
pub async fn file_of(form: std::result::Result<Multipart, MultipartRejection>) -> Result<(String, Vec<u8>)> {
    let missing = || Error::invalid("file", "请选择要上传的文件");
    let mut form = form.map_err(|_| missing())?;
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or("upload").to_owned();
            let bytes = field.bytes().await.map_err(|_| Error::TooLarge("文件过大或上传中断，请重试".to_owned()))?;
            return Ok((name, bytes.to_vec()));
        }
    }
    Err(missing())
}

/// Whether to write at once.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImportQuery {
    /// False, the default, checks only.
    #[serde(default)]
    apply: bool,
}

/// 试导入（默认只检查，不写入）
#[utoipa::path(post, path = "/imports/{kind}", tag = "imports", params(("kind" = String, Path), ImportQuery), request_body(content = super::routes::Upload, content_type = "multipart/form-data"), responses((status = 200, body = Report)))]
async fn check(
    ctx: Ctx,
    PathId(kind): PathId<String>,
    Params(query): Params<ImportQuery>,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Json<Report>> {
    let (part, import) = find(&ctx, &kind)?;
    let (name, bytes) = file_of(form).await?;
    let stored = files::store(&ctx, &name, bytes.clone()).await?;
    let run = import::Run { id: ctx.new_id(), digest: stored.digest, name, part, import };
    let report = import::execute(&ctx, &run, &bytes, query.apply).await?;
    Ok(Json(report))
}

/// 确认导入
#[utoipa::path(post, path = "/imports/runs/{id}/apply", tag = "imports", params(("id" = Uuid, Path)), responses((status = 200, body = Report)))]
async fn apply(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<Report>> {
    let (run, bytes, state) = load(&ctx, id).await?;
    if state == "applied" {
        return Err(Error::Conflict("这次导入已经写入，无需重复确认；改正错误行后请另行导入".to_owned()));
    }
    Ok(Json(import::execute(&ctx, &run, &bytes, true).await?))
}

/// 错误行工作簿
#[utoipa::path(get, path = "/imports/runs/{id}/errors", tag = "imports", params(("id" = Uuid, Path)), responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn errors(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Response> {
    let (run, bytes, _) = load(&ctx, id).await?;
    let book = import::errors_workbook(&ctx, &run, &bytes).await?;
    Ok(download(&format!("{}-错误行", run.import.sheet.title), "xlsx", XLSX, book))
}

/// The run, its file, and whether it has been applied.
async fn load(ctx: &Ctx, id: Uuid) -> Result<(import::Run, Vec<u8>, String)> {
    let row = ctx
        .db()
        .one(sql(
            "select kind, digest, name, state from import_run where id = $1 and org = $2",
            args![id, &ctx.actor.org],
        ))
        .await?;
    let (part, import) = find(ctx, &row.get::<String>("kind")?)?;
    let digest: String = row.get("digest")?;
    let (_, bytes) = files::load(ctx, &digest).await?;
    Ok((import::Run { id, digest, name: row.get("name")?, part, import }, bytes, row.get("state")?))
}
