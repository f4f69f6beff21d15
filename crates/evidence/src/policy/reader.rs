//! Reads the lines of a policy file.

use super::{Member, Party, Policy, Rule};
use crate::Error;
use crate::key::{Role, VerifierKey};

/// Most lines of each kind; the specification asks for at least 32.
const MAX_OF_A_KIND: usize = 256;

/// Collects the lines; errors are the reason only.
#[derive(Default)]
pub(super) struct Reader {
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    members: Vec<Member>,
    has_quorum: bool,
    quorum: Option<usize>,
}

pub(super) type Line<T> = std::result::Result<T, String>;

impl Reader {
    pub(super) fn line(&mut self, words: &[&str]) -> Line<()> {
        match words {
            ["log", vkey, url @ ..] if url.len() < 2 => self.log(vkey, url.first()),
            ["witness", name, vkey, url @ ..] if url.len() < 2 => self.witness(name, vkey, url.first()),
            ["group", name, needed, of @ ..] => self.group(name, needed, of),
            ["quorum", name] => self.set_quorum(name),
            _ => Err("应为 log、witness、group 或 quorum 行（C2SP tlog-policy）".into()),
        }
    }

    fn log(&mut self, vkey: &str, url: Option<&&str>) -> Line<()> {
        let key = self.key(vkey, Role::Log)?;
        self.logs.push(Party { name: key.name().to_owned(), key, url: url.map(|u| (*u).to_owned()) });
        at_most("日志", self.logs.len())
    }

    fn witness(&mut self, name: &str, vkey: &str, url: Option<&&str>) -> Line<()> {
        self.new_name(name)?;
        let key = self.key(vkey, Role::Witness)?;
        let rule = Rule::Witness(self.witnesses.len());
        self.members.push(Member { name: name.to_owned(), rule, used: false });
        self.witnesses.push(Party { name: name.to_owned(), key, url: url.map(|u| (*u).to_owned()) });
        at_most("见证方", self.witnesses.len())
    }

    fn group(&mut self, name: &str, needed: &str, names: &[&str]) -> Line<()> {
        self.new_name(name)?;
        let mut of = Vec::with_capacity(names.len());
        for member in names {
            let at = self.position(member)?;
            let found = self.members.get_mut(at).filter(|m| !m.used);
            let found = found.ok_or_else(|| format!("“{member}”已在某一组中，每个名称只能入组一次"))?;
            found.used = true;
            of.push(at);
        }
        let needed = match needed {
            "all" => of.len(),
            "any" => 1,
            number => crate::text::decimal(number)
                .and_then(|n| usize::try_from(n).ok())
                .ok_or_else(|| format!("门限“{number}”应为 all、any 或十进制数"))?,
        };
        if needed < 1 || needed > of.len() {
            return Err(format!("组“{name}”的门限 {needed} 应在 1 与成员数 {} 之间", of.len()));
        }
        self.members.push(Member { name: name.to_owned(), rule: Rule::Group { needed, of }, used: false });
        at_most("组", self.members.len() - self.witnesses.len())
    }

    fn set_quorum(&mut self, name: &str) -> Line<()> {
        if std::mem::replace(&mut self.has_quorum, true) {
            return Err("quorum 行只能有一行".into());
        }
        if name != "none" {
            self.quorum = Some(self.position(name)?);
        }
        Ok(())
    }

    fn position(&self, name: &str) -> Line<usize> {
        let at = self.members.iter().position(|m| m.name == name);
        at.ok_or_else(|| format!("“{name}”在前面的行中没有定义"))
    }

    fn new_name(&self, name: &str) -> Line<()> {
        if name == "none" {
            return Err("名称“none”是保留字".into());
        }
        match self.position(name) {
            Ok(_) => Err(format!("名称“{name}”重复")),
            Err(_) => Ok(()),
        }
    }

    fn key(&self, vkey: &str, role: Role) -> Line<VerifierKey> {
        let key: VerifierKey = vkey.parse().map_err(|e: Error| e.to_string())?;
        if key.role() != role {
            return Err(match role {
                Role::Log => format!("“{}”是见证密钥，log 行需要日志密钥", key.name()),
                Role::Witness => format!("“{}”是日志密钥，witness 行需要见证密钥", key.name()),
            });
        }
        for other in self.logs.iter().chain(&self.witnesses).map(|p| &p.key) {
            if other.bytes() == key.bytes() {
                return Err(format!("“{}”与“{}”是同一把公钥：一方不得充当两方", key.name(), other.name()));
            }
            if other.suite() != key.suite() {
                return Err(format!("“{}”的套件与“{}”不同，一份政策只用一种套件", key.name(), other.name()));
            }
            // Two keys that share name and ID could not be told apart on a signature line.
            if (other.name(), other.id()) == (key.name(), key.id()) {
                return Err(format!("“{}”的名称与编号同另一把密钥相同", key.name()));
            }
        }
        Ok(key)
    }

    pub(super) fn finish(self) -> Line<Policy> {
        if !self.has_quorum {
            return Err("缺少 quorum 行".into());
        }
        let suite = self.logs.iter().chain(&self.witnesses).next().map(|p| p.key.suite());
        Ok(Policy {
            suite: suite.unwrap_or_default(),
            logs: self.logs,
            witnesses: self.witnesses,
            members: self.members,
            quorum: self.quorum,
        })
    }
}

fn at_most(what: &str, count: usize) -> Line<()> {
    if count > MAX_OF_A_KIND { Err(format!("{what}超过 {MAX_OF_A_KIND} 个")) } else { Ok(()) }
}
