//! Results in files, each with the key of what it is the result of.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use judge::JudgeError;
use world::frame::write_durable;
use world::limits;

/// The result in a file; none if there is no such file, or one of another key.
///
/// # Errors
/// It cannot be read, or holds something else.
pub fn read<T: DeserializeOwned>(path: &Path, key: &Value) -> Result<Option<T>, JudgeError> {
    if !path.exists() {
        return Ok(None);
    }
    let bytes = limits::read(path, limits::WEIGHTS).map_err(|e| JudgeError::io("read", path, e))?;
    let wrong = |e: String| JudgeError::input(path, format!("expected the result of a training: {e}"));
    let mut kept: Value = serde_json::from_slice(&bytes).map_err(|e| wrong(e.to_string()))?;
    if kept.get("key") != Some(key) {
        return Ok(None);
    }
    let result = kept.get_mut("result").map(Value::take).unwrap_or_default();
    serde_json::from_value(result).map(Some).map_err(|e| wrong(e.to_string()))
}

/// Writes a result with its key.
///
/// # Errors
/// The file cannot be written.
pub fn write<T: Serialize>(path: &Path, key: &Value, result: &T) -> Result<(), JudgeError> {
    let text = serde_json::to_string(&json!({ "key": key, "result": result }));
    let text = text.map_err(|e| JudgeError::Failed(e.to_string()))?;
    write_durable(path, text.as_bytes()).map_err(|e| JudgeError::Failed(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_found_again_by_its_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let key = |rate: f64| json!({ "rate": rate, "seed": 1 });
        assert_eq!(read::<Vec<f64>>(&path, &key(0.1)).unwrap(), None);
        write(&path, &key(0.1), &vec![0.1, 1.0 / 3.0]).unwrap();
        assert_eq!(read::<Vec<f64>>(&path, &key(0.1)).unwrap(), Some(vec![0.1, 1.0 / 3.0]));
        assert_eq!(read::<Vec<f64>>(&path, &key(0.2)).unwrap(), None);
        let error = read::<Vec<String>>(&path, &key(0.1)).unwrap_err();
        assert!(error.is_input() && error.to_string().contains("a.json"), "{error}");
        std::fs::write(&path, "{").unwrap();
        assert!(read::<Vec<f64>>(&path, &key(0.1)).is_err());
    }
}
