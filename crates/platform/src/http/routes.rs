//! The platform's own routes: sign-in, notifications, files, timelines, live stream, imports.
use crate::app::App;
use crate::auth::session::{self, COOKIE};
use crate::auth::{self, Org};
use crate::ctx::Ctx;
use crate::error::{Error, Problem, Result};
use crate::http::{Anyone, Body, Params, PathId, identify, imports, live};
use crate::notify::{self, Notification};
use crate::source::Ms;
use crate::timeline::{self, TimelineItem};
use crate::{Subject, files};
use axum::Json;
use axum::extract::Multipart;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The platform's routes under `/api/v1`.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login, who, logout))
        .routes(routes!(change_password))
        .routes(routes!(confirm))
        .routes(routes!(start_totp, finish_totp))
        .routes(routes!(notifications))
        .routes(routes!(read_notifications))
        .routes(routes!(upload))
        .routes(routes!(file))
        .routes(routes!(timeline_of))
        .routes(routes!(event))
        .routes(routes!(entry))
        .routes(routes!(live::live))
        .merge(crate::log::api())
        .merge(imports::routes())
        .merge(crate::channels::routes())
}

/// A list that can be exported answers in three forms, which its handler cannot say.
fn describe_exports(operation: &mut utoipa::openapi::path::Operation) {
    use utoipa::openapi::{ContentBuilder, RefOr};
    let exports = operation.parameters.iter().flatten().any(|p| matches!(p, RefOr::T(p) if p.name == "format"));
    if let (true, Some(RefOr::T(list))) = (exports, operation.responses.responses.get_mut("200")) {
        for mime in [imports::XLSX, "text/csv"] {
            list.content.insert(mime.to_owned(), RefOr::T(ContentBuilder::new().build()));
        }
    }
}

/// Gives every operation of an OpenAPI document an id of its own (two handlers may share a name) and the problem
/// answers that it may give.
pub fn problem_responses(document: &mut utoipa::openapi::OpenApi) {
    use utoipa::openapi::{ContentBuilder, RefOr, ResponseBuilder};
    let content = || ContentBuilder::new().schema(Some(utoipa::openapi::Ref::from_schema_name("Problem"))).build();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in operations.into_iter().filter_map(|(method, found)| Some((method, found.as_mut()?)))
        {
            operation.operation_id = Some(operation_id(method, path));
            describe_exports(operation);
            for (status, text) in [
                ("400", "请求无法读取"),
                ("401", "未登录"),
                ("403", "无权限"),
                ("404", "没有找到或不可见"),
                ("405", "方法不支持"),
                ("409", "已被他人处理"),
                ("413", "过大"),
                ("422", "内容不符合规则"),
                ("503", "繁忙，请重试"),
            ] {
                let response =
                    ResponseBuilder::new().description(text).content("application/problem+json", content()).build();
                operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
            }
        }
    }
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".to_owned(), <Problem as utoipa::PartialSchema>::schema());
    components.schemas.insert("FieldError".to_owned(), <crate::FieldError as utoipa::PartialSchema>::schema());
}

/// `get_enterprises_id_sites` of `GET /api/v1/enterprises/{id}/sites`.
fn operation_id(method: &str, path: &str) -> String {
    let parts = path.trim_start_matches("/api/v1").split('/').filter(|part| !part.is_empty());
    parts.fold(method.to_owned(), |id, part| format!("{id}_{}", part.trim_matches(['{', '}']).replace('-', "_")))
}

/// Sign-in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    /// `officer@GOV`
    #[schema(min_length = 1, max_length = 128)]
    username: String,
    /// Password.
    #[schema(min_length = 1, max_length = 256)]
    password: String,
    /// Second factor, where set up.
    totp: Option<String>,
}

/// A code with its name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    id: String,
    name: String,
}

/// A menu entry of a part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MenuItem {
    part: String,
    no: Option<u8>,
    phase: String,
    title: String,
    path: String,
}

/// Who is signed in, and what they may open.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// Send as `X-CSRF-Token` with every write.
    csrf: String,
    username: String,
    person: String,
    org: Named,
    subject: Option<Subject>,
    roles: Vec<Named>,
    region: Option<String>,
    sectors: Vec<String>,
    /// A first password must be changed before anything else.
    must_change_password: bool,
    has_totp: bool,
    demo: bool,
    node: String,
    version: String,
    now: Ms,
    /// Leaves in the evidence log.
    log_size: u64,
    /// Root of its tree, hex.
    log_root: String,
    menu: Vec<MenuItem>,
    /// What the caller's roles allow, as `part:action`; each call is judged again.
    may: Vec<String>,
}

/// 登录
#[utoipa::path(post, path = "/session", tag = "session", request_body = Login, responses((status = 200, body = Session)))]
async fn login(Anyone(ctx): Anyone, Body(form): Body<Login>) -> Result<Response> {
    let opened = session::open(&ctx, form.username.trim(), form.password, form.totp.as_deref()).await?;
    let actor = auth::actor(ctx.db(), &opened.account, ctx.now()).await?;
    let body = describe(&ctx.acting_as(actor), &opened.account, &opened.token).await?;
    Ok(([(header::SET_COOKIE, cookie(&ctx, &opened.token, 12 * 3600))], Json(body)).into_response())
}

fn cookie(ctx: &Ctx, value: &str, seconds: u32) -> String {
    let secure = if ctx.request.over_tls { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

async fn describe(ctx: &Ctx, account: &auth::Account, token: &str) -> Result<Session> {
    let actor = &ctx.actor;
    let org = Org::find(ctx.db(), &actor.org).await?.ok_or(Error::NotFound)?;
    let head = ctx.app.tree_head();
    let may = ctx.app.parts().iter().flat_map(|part| crate::part::Action::ALL.map(|action| (part, action)));
    let may = may.filter(|(part, action)| ctx.may(part, *action));
    let menu = ctx
        .app
        .parts()
        .iter()
        .flat_map(|part| part.menu.iter().map(move |entry| (part, entry)))
        .filter(|(part, entry)| ctx.may(part, entry.action));
    // A page that several actions lead to stands in the menu once.
    let mut shown = std::collections::HashSet::new();
    let menu = menu.filter(|(_, entry)| shown.insert(entry.path));
    Ok(Session {
        csrf: session::csrf(&ctx.app, token),
        username: account.username.clone(),
        person: account.person_name.clone(),
        org: Named { id: org.id, name: org.name },
        subject: actor.subject,
        roles: actor.roles.iter().map(|r| Named { id: r.code().to_owned(), name: r.name().to_owned() }).collect(),
        region: actor.region.as_ref().map(|r| r.as_str().to_owned()),
        sectors: actor.sectors.clone(),
        must_change_password: account.must_change,
        has_totp: account.has_totp(),
        demo: ctx.app.demo(),
        node: ctx.app.node().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        now: ctx.now(),
        log_size: head.size,
        log_root: head.root,
        may: may.map(|(part, action)| format!("{}:{}", part.key, action.code())).collect(),
        menu: menu
            .map(|(part, entry)| MenuItem {
                part: part.key.to_owned(),
                no: part.no,
                phase: part.phase.name().to_owned(),
                title: entry.title.to_owned(),
                path: entry.path.to_owned(),
            })
            .collect(),
    })
}

/// 当前登录人
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Session)))]
async fn who(ctx: Ctx, headers: HeaderMap) -> Result<Json<Session>> {
    let account = ctx.own_account().await?;
    Ok(Json(describe(&ctx, &account, identify::cookie(&headers).unwrap_or_default()).await?))
}

/// 退出登录
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn logout(ctx: Ctx) -> Result<Response> {
    ctx.close_session().await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&ctx, "", 0))]).into_response())
}

/// A new password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordChange {
    old: String,
    new: String,
}

/// 修改密码
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = PasswordChange, responses((status = 204)))]
async fn change_password(ctx: Ctx, Body(form): Body<PasswordChange>) -> Result<StatusCode> {
    ctx.change_password(form.old, form.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A confirmation by the person.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Confirmation {
    password: Option<String>,
    totp: Option<String>,
}

/// 本人确认（密码或动态口令）
#[utoipa::path(post, path = "/session/confirm", tag = "session", request_body = Confirmation, responses((status = 204)))]
async fn confirm(ctx: Ctx, Body(form): Body<Confirmation>) -> Result<StatusCode> {
    ctx.confirm(form.password, form.totp.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an authenticator app needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSetup {
    secret: String,
    otpauth_url: String,
    /// The same as a picture to scan.
    qr_svg: String,
}

/// A code of the authenticator app.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TotpCode {
    code: String,
}

/// 开始绑定动态口令
#[utoipa::path(post, path = "/session/totp", tag = "session", responses((status = 200, body = TotpSetup)))]
async fn start_totp(ctx: Ctx) -> Result<Json<TotpSetup>> {
    let (secret, otpauth_url) = ctx.start_totp().await?;
    let qr_svg = crate::qr::svg(&otpauth_url)?;
    Ok(Json(TotpSetup { secret, otpauth_url, qr_svg }))
}

/// 完成绑定动态口令
#[utoipa::path(put, path = "/session/totp", tag = "session", request_body = TotpCode, responses((status = 204)))]
async fn finish_totp(ctx: Ctx, Body(form): Body<TotpCode>) -> Result<StatusCode> {
    ctx.finish_totp(form.code.trim()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which notifications.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotificationQuery {
    /// Only older ones.
    before: Option<Ms>,
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
pub(crate) struct Notifications {
    items: Vec<Notification>,
    unread: i64,
}

/// 站内通知
#[utoipa::path(get, path = "/notifications", tag = "notifications", params(NotificationQuery), responses((status = 200, body = Notifications)))]
async fn notifications(ctx: Ctx, Params(query): Params<NotificationQuery>) -> Result<Json<Notifications>> {
    let (items, unread) = notify::list(&ctx, query.before, limit(query.limit, 50)?).await?;
    Ok(Json(Notifications { items, unread }))
}

fn limit(given: Option<i64>, usual: i64) -> Result<i64> {
    let limit = given.unwrap_or(usual);
    if (1..=200).contains(&limit) { Ok(limit) } else { Err(Error::invalid("limit", "条数须在 1 到 200 之间")) }
}

/// Notifications to mark; empty for all.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ReadMarks {
    ids: Vec<Uuid>,
}

/// 标记已读
#[utoipa::path(post, path = "/notifications/read", tag = "notifications", request_body = ReadMarks, responses((status = 204)))]
async fn read_notifications(ctx: Ctx, Body(form): Body<ReadMarks>) -> Result<StatusCode> {
    notify::mark_read(&ctx, &form.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A file to upload.
#[derive(ToSchema)]
pub(crate) struct Upload {
    /// The bytes.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    #[expect(dead_code, reason = "describes the multipart form in the OpenAPI document")]
    file: String,
}

/// 上传文件（原始字节按摘要保存）
#[utoipa::path(post, path = "/files", tag = "files", request_body(content = Upload, content_type = "multipart/form-data"), responses((status = 200, body = files::StoredFile)))]
async fn upload(
    ctx: Ctx,
    form: std::result::Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Json<files::StoredFile>> {
    let (name, bytes) = imports::file_of(form).await?;
    Ok(Json(files::store(&ctx, &name, bytes).await?))
}

/// 下载文件
#[utoipa::path(get, path = "/files/{digest}", tag = "files", params(("digest" = String, Path, description = "SM3 摘要")), responses((status = 200, content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"), (Vec<u8> = "application/pdf"), (Vec<u8> = "application/zip")))))]
async fn file(ctx: Ctx, PathId(digest): PathId<String>) -> Result<Response> {
    let (stored, bytes) = files::load(&ctx, &digest).await?;
    let inline = stored.mime.starts_with("image/");
    let disposition = if inline { "inline" } else { "attachment" };
    Ok(([(header::CONTENT_TYPE, stored.mime), (header::CONTENT_DISPOSITION, disposition.to_owned())], bytes)
        .into_response())
}

/// Which timeline.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TimelineQuery {
    /// `alarm/<id>`
    subject: Option<String>,
    /// Enterprise.
    enterprise: Option<String>,
    /// Event kind.
    kind: Option<String>,
    /// Only before this place in the log.
    before: Option<i64>,
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of a timeline.
#[derive(Serialize, ToSchema)]
pub(crate) struct Timeline {
    items: Vec<TimelineItem>,
}

/// 时间线：谁、何时、做了什么、因为什么
#[utoipa::path(get, path = "/timeline", tag = "evidence", params(TimelineQuery), responses((status = 200, body = Timeline)))]
async fn timeline_of(ctx: Ctx, Params(query): Params<TimelineQuery>) -> Result<Json<Timeline>> {
    let limit = limit(query.limit, 50)?;
    let items = timeline::timeline(
        &ctx,
        query.subject.as_deref(),
        query.enterprise.as_deref(),
        query.kind.as_deref(),
        query.before,
        limit,
    )
    .await?;
    Ok(Json(Timeline { items }))
}

/// 为什么：事件及其全部起因，看不到的起因也列出编号
#[utoipa::path(get, path = "/events/{id}", tag = "evidence", params(("id" = Uuid, Path)), responses((status = 200, body = timeline::Why)))]
async fn event(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<timeline::Why>> {
    Ok(Json(timeline::with_causes(&ctx, id).await?))
}

/// 事件原始字节（即证据叶子）
#[utoipa::path(get, path = "/events/{id}/entry", tag = "evidence", params(("id" = Uuid, Path)), responses((status = 200, content_type = "application/json", body = Object)))]
async fn entry(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Response> {
    Ok(([(header::CONTENT_TYPE, "application/json")], timeline::entry(&ctx, id).await?).into_response())
}
