//! What a folder gives, case by case.

use std::collections::BTreeMap;

use super::array::Array;
use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::{Document, Field};

/// A folder with its file of sizes.
pub struct Reference<'a> {
    /// The folder.
    pub folder: &'a Folder,
    /// The file.
    pub document: &'a Document,
    /// Inputs that cases share, each read once.
    shared: BTreeMap<String, Result<Array, Fault>>,
}

/// The arrays of one case, which are read as they are asked for.
pub struct Group<'a, 'b> {
    /// Name of the case.
    pub name: String,
    reference: &'b Reference<'a>,
    roles: Vec<String>,
}

impl<'a> Reference<'a> {
    /// Reads the inputs that cases share: arrays whose names have no point.
    ///
    /// # Errors
    /// The file is no object.
    pub fn new(folder: &'a Folder, document: &'a Document) -> Result<Self, Fault> {
        let mut shared = BTreeMap::new();
        for (name, entry) in document.root().object()? {
            if !name.contains('.') && is_array(name, &entry) {
                shared.insert(name.to_string(), Array::read(folder, name, &entry));
            }
        }
        Ok(Self { folder, document, shared })
    }

    /// Inputs that are shared, each as a case: what is stated of their values, or what is wrong with them.
    pub fn shared(&self) -> Vec<Job> {
        let answer = |array: &Result<Array, Fault>| -> Option<Answer> {
            match array {
                Ok(array) => (!array.stated().is_empty()).then(|| Ok(array.stated().to_vec())),
                Err(fault) => Some(Err(fault.clone())),
            }
        };
        self.shared.iter().filter_map(|(name, array)| Some(Job::answered(name, answer(array)?))).collect()
    }

    /// Names of all arrays that cases have to themselves.
    ///
    /// # Errors
    /// The file is no object.
    pub fn names(&self) -> Result<Vec<String>, Fault> {
        let all = self.document.root().object()?;
        let own = all.into_iter().filter(|(name, entry)| name.contains('.') && is_array(name, entry));
        Ok(own.map(|(name, _)| name.to_string()).collect())
    }

    /// The arrays of a case, by what its names have behind the case's own.
    pub fn group(&self, name: &str, roles: Vec<String>) -> Group<'a, '_> {
        Group { name: name.into(), reference: self, roles }
    }

    /// Reads an array.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn array(&self, name: &str) -> Result<Array, Fault> {
        Array::read(self.folder, name, &self.document.root().get(name))
    }
}

/// Whether an entry is that of an array, even if it is broken. Names with a point are of arrays, unless they are of losses.
fn is_array(name: &str, entry: &Field) -> bool {
    let has = |key: &str| !entry.get(key).is_absent();
    let parts = entry.object().unwrap_or_default();
    let is_loss = parts.iter().any(|(key, _)| key.starts_with("loss"));
    name.contains('.') && !is_loss || ["shape", "sum", "first4"].into_iter().any(has)
}

/// The case of an array, and what it is of the case. A gradient may have a number in its name
/// (`ce.grad_label_smoothing_0.1`).
pub fn parted(name: &str) -> Option<(&str, &str)> {
    let at = name.find(".grad").or_else(|| name.rfind('.'))?;
    Some((&name[..at], &name[at + 1..]))
}

impl Group<'_, '_> {
    /// The array of one of these roles, if there is one. It is then no longer among the rest.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn array(&mut self, roles: &[&str]) -> Result<Option<Array>, Fault> {
        let Some(at) = self.roles.iter().position(|r| roles.contains(&r.as_str())) else { return Ok(None) };
        let role = self.roles.remove(at);
        self.reference.array(&format!("{}.{role}", self.name)).map(Some)
    }

    /// The input: the case's own, or that which all share.
    ///
    /// # Errors
    /// There is neither, or as [`Array::read`].
    pub fn input(&mut self, roles: &[&str]) -> Result<Array, Fault> {
        if let Some(own) = self.array(roles)? {
            return Ok(own);
        }
        let shared = roles.iter().find_map(|role| self.reference.shared.get(*role));
        match shared {
            Some(Ok(array)) => Ok(array.clone()),
            Some(Err(_)) => Err(Fault::NotCovered(format!("needs {}, which cannot be used", roles[0]))),
            None => Err(self.fault(format!("expected an input ({}), found none", roles[0]))),
        }
    }

    /// What is stated of an input that is the case's own.
    pub fn own_input<'c>(&self, input: &'c Array) -> &'c [Check] {
        if self.reference.shared.contains_key(&input.name) { &[] } else { input.stated() }
    }

    /// The entry of the input.
    pub fn entry(&self, roles: &[&str]) -> Field<'_> {
        let root = self.reference.document.root();
        let own = roles.iter().map(|role| root.get(&format!("{}.{role}", self.name)));
        let shared = roles.iter().map(|role| root.get(role));
        own.chain(shared).find(|f| !f.is_absent()).unwrap_or(root)
    }

    /// A mistake in this case.
    pub fn fault(&self, message: impl std::fmt::Display) -> Fault {
        self.reference.document.root().get(&self.name).fault(message)
    }

    /// What the file has under the case's own name.
    pub fn field(&self) -> Field<'_> {
        self.reference.document.root().get(&self.name)
    }

    /// Roles that were not asked for.
    pub fn rest(&self) -> Vec<String> {
        self.roles.clone()
    }
}
