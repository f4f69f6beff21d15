//! Accounts, the directory of organisations, and role grants. The registers of the subjects
//! write them through these calls, in the transaction of their own events.
use crate::actor::{Actor, ActorRef, Role, Subject};
use crate::args;
use crate::ctx::{Ctx, Tx};
use crate::db::{Db, Row, sql};
use crate::error::{Error, Result};
use crate::scope::{Placed, sector_list};
use crate::source::Ms;
use standards::codes::Region;
use uuid::Uuid;

/// An organisation as the directory knows it.
#[derive(Debug, Clone)]
pub struct Org {
    /// Id.
    pub id: String,
    /// Subject.
    pub subject: Subject,
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: Option<String>,
    /// Region.
    pub region: String,
    /// Sectors.
    pub sectors: Vec<String>,
}

impl Org {
    /// Reads a row of `org`.
    pub fn read(row: &Row) -> Result<Self> {
        let sectors: String = row.get("sectors")?;
        Ok(Self {
            id: row.get("id")?,
            subject: Subject::parse(&row.get::<String>("subject")?)?,
            name: row.get("name")?,
            uscc: row.get("uscc")?,
            region: row.get("region")?,
            sectors: crate::scope::members(&sectors),
        })
    }
    /// Where it stands.
    pub fn placed(&self) -> Placed {
        Placed {
            owner: self.id.clone(),
            enterprise: (self.subject == Subject::Enterprise).then(|| self.id.clone()),
            region: self.region.clone(),
            sectors: self.sectors.clone(),
        }
    }
    /// Finds one by id.
    pub async fn find(db: &Db, id: &str) -> Result<Option<Self>> {
        db.opt(sql("select * from org where id = $1", args![id])).await?.as_ref().map(Self::read).transpose()
    }
}

/// A sign-in to open.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Name to sign in with.
    pub username: &'a str,
    /// Person behind it.
    pub person: Uuid,
    /// The person's name.
    pub person_name: &'a str,
    /// Phone.
    pub phone: Option<&'a str>,
    /// Organisation.
    pub org: &'a str,
    /// Area, where it is smaller than the organisation's.
    pub region: Option<&'a str>,
    /// Sectors, where they are fewer than the organisation's.
    pub sectors: &'a [String],
    /// Argon2id hash made before the transaction began.
    pub password_hash: &'a str,
    /// Whether the first sign-in must set a new password.
    pub must_change: bool,
}

/// A sign-in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Id.
    pub id: Uuid,
    /// Name to sign in with.
    pub username: String,
    /// Person.
    pub person: Uuid,
    /// Person's name.
    pub person_name: String,
    /// Organisation.
    pub org: String,
    /// Own area.
    pub region: Option<String>,
    /// Own sectors.
    pub sectors: Vec<String>,
    pub(crate) password_hash: String,
    /// Whether a new password must be set.
    pub must_change: bool,
    pub(crate) totp_secret: Option<String>,
    pub(crate) totp_pending: Option<String>,
    pub(crate) totp_step: i64,
    pub(crate) locked_until: Option<Ms>,
    /// Whether it has been switched off.
    pub disabled: bool,
}

impl Account {
    /// Reads a row of `account`.
    pub fn read(row: &Row) -> Result<Self> {
        let sectors: String = row.get("sectors")?;
        Ok(Self {
            id: row.get("id")?,
            username: row.get("username")?,
            person: row.get("person")?,
            person_name: row.get("person_name")?,
            org: row.get("org")?,
            region: row.get("region")?,
            sectors: crate::scope::members(&sectors),
            password_hash: row.get("password_hash")?,
            must_change: row.get("must_change")?,
            totp_secret: row.get("totp_secret")?,
            totp_pending: row.get("totp_pending")?,
            totp_step: row.get("totp_step")?,
            locked_until: row.get("locked_until")?,
            disabled: row.get("disabled")?,
        })
    }
    /// Whether a second factor is set up.
    pub const fn has_totp(&self) -> bool {
        self.totp_secret.is_some()
    }
}

impl Tx {
    /// Enters an organisation into the directory.
    pub async fn put_org(&mut self, org: &Org) -> Result<()> {
        let fresh = self
            .run(sql(
                "insert into org (id, subject, name, uscc, region, sectors, state) values ($1, $2, $3, $4, $5, $6, 'active') on conflict do nothing",
                args![&org.id, org.subject.code(), &org.name, org.uscc.clone(), &org.region, sector_list(&org.sectors)],
            ))
            .await?;
        if fresh == 1 {
            Ok(())
        } else {
            Err(Error::Conflict("该机构或统一社会信用代码已经登记，请先查询原有档案".to_owned()))
        }
    }

    /// Changes what the directory says of an organisation.
    pub async fn update_org(&mut self, org: &Org, state: &str) -> Result<()> {
        self.run(sql(
            "update org set name = $1, uscc = $2, region = $3, sectors = $4, state = $5 where id = $6",
            args![&org.name, org.uscc.clone(), &org.region, sector_list(&org.sectors), state, &org.id],
        ))
        .await?;
        Ok(())
    }

    /// Makes one organisation of two that are the same: sign-ins, keys and grants of the one that
    /// goes belong to the one that stays.
    pub async fn merge_org(&mut self, gone: &str, kept: &str) -> Result<()> {
        self.run(sql("update account set org = $1 where org = $2", args![kept, gone])).await?;
        self.run(sql("update access_key set org = $1 where org = $2", args![kept, gone])).await?;
        self.run(sql("update visibility set enterprise = $1 where enterprise = $2", args![kept, gone])).await?;
        self.run(sql("update visibility set org = $1 where org = $2", args![kept, gone])).await?;
        self.run(sql("update org set uscc = null, state = 'merged' where id = $1", args![gone])).await?;
        Ok(())
    }

    /// Opens a sign-in.
    pub async fn open_account(&mut self, ctx: &Ctx, account: &NewAccount<'_>) -> Result<Uuid> {
        let id = ctx.new_id();
        let fresh = self
            .run(sql(
                "insert into account (id, username, person, person_name, phone, org, region, sectors, password_hash, must_change, totp_step, failed, disabled, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, $11) on conflict do nothing",
                args![id, account.username, account.person, account.person_name, account.phone, account.org, account.region, sector_list(account.sectors), account.password_hash, account.must_change, ctx.now()],
            ))
            .await?;
        if fresh == 1 { Ok(id) } else { Err(Error::invalid("username", "这个用户名已被使用，请换一个")) }
    }

    /// Grants a role; repeating it only moves the end.
    pub async fn grant_role(&mut self, account: Uuid, role: Role, until: Option<Ms>, because: Uuid) -> Result<()> {
        let now = self.now();
        self.run(sql(
            "insert into role_grant (account, role, from_at, until_at, because_event) values ($1, $2, $3, $4, $5)
             on conflict (account, role) do update set until_at = excluded.until_at, because_event = excluded.because_event",
            args![account, role.code(), now, until, because],
        ))
        .await?;
        Ok(())
    }

    /// Keeps other writes that hold this account waiting until this one has ended, so that what is
    /// read of its roles still holds at the commit. SQLite has one writer anyway.
    pub async fn hold_account(&mut self, account: Uuid) -> Result<()> {
        self.run(sql("update account set disabled = disabled where id = $1", args![account])).await.map(drop)
    }

    /// Takes a role back, at once and for running sessions too.
    pub async fn revoke_role(&mut self, account: Uuid, role: Role) -> Result<()> {
        let gone = self
            .run(sql("delete from role_grant where account = $1 and role = $2", args![account, role.code()]))
            .await?;
        if gone == 1 { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Switches a sign-in on or off; switching off ends its sessions.
    pub async fn set_account_disabled(&mut self, account: Uuid, disabled: bool) -> Result<()> {
        self.run(sql(
            "update account set disabled = $1, failed = 0, locked_until = null where id = $2",
            args![disabled, account],
        ))
        .await?;
        if disabled {
            self.run(sql("delete from session where account = $1", args![account])).await?;
        }
        Ok(())
    }

    /// Sets a new password hash and ends the sessions of the account.
    pub async fn set_password(&mut self, account: Uuid, hash: &str, must_change: bool) -> Result<()> {
        self.run(sql(
            "update account set password_hash = $1, must_change = $2, failed = 0, locked_until = null where id = $3",
            args![hash, must_change, account],
        ))
        .await?;
        self.run(sql("delete from session where account = $1", args![account])).await?;
        Ok(())
    }
}

/// Finds an account by the name it signs in with, or by id.
pub async fn find(db: &Db, username_or_id: &str) -> Result<Option<Account>> {
    db.opt(sql("select * from account where username = $1 or id = $1", args![username_or_id]))
        .await?
        .as_ref()
        .map(Account::read)
        .transpose()
}

/// The actor an account is at `now`: its organisation, its roles in force, its area.
pub async fn actor(db: &Db, account: &Account, now: Ms) -> Result<Actor> {
    let org = Org::find(db, &account.org)
        .await?
        .ok_or_else(|| Error::internal(format!("account {} has no organisation", account.id)))?;
    let rows = db.all(sql("select role from role_grant where account = $1 and from_at <= $2 and (until_at is null or until_at > $2) order by role", args![account.id, now])).await?;
    let mut roles = vec![];
    for row in rows {
        let code: String = row.get("role")?;
        roles.extend(Role::parse(org.subject, &code));
    }
    let area = account.region.clone().unwrap_or_else(|| org.region.clone());
    Ok(Actor {
        me: ActorRef::Person { account: account.id, person: account.person },
        subject: Some(org.subject),
        name: account.person_name.clone(),
        roles,
        region: (org.subject == Subject::Government).then(|| Region::parse(&area).ok()).flatten(),
        sectors: if account.sectors.is_empty() { org.sectors } else { account.sectors.clone() },
        org: org.id,
        scopes: vec![],
    })
}
