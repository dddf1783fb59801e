//! Optimisers by their names in cases: `adamw_lr0.003_wd0.01`.

use learn::optimiser::{Moments, Optimiser};

use super::words::Words;

/// An optimiser with its rate and decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// The optimiser.
    pub optimiser: Optimiser,
    /// Learning rate.
    pub rate: f64,
    /// Weight decay.
    pub decay: f64,
}

/// That of a name.
///
/// # Errors
/// It has no optimiser or no learning rate, or an option that is not known.
pub fn descent(name: &str) -> Result<Descent, String> {
    let plain =
        name.replace("lr_decay", "lrdecay").replace("weight_decay", "wd").replace("momentum_decay", "mdecay");
    // Betas are numbered: the number that is meant is what follows.
    let plain = ["beta1", "beta2", "b1", "b2"].iter().fold(plain, |text, beta| numbered(&text, beta));
    let mut words = Words::new(&plain);
    let kinds = Optimiser::NAMES.join(", ");
    let known = |word: &str| Optimiser::named(word);
    let (mut optimiser, number) =
        words.head(known).ok_or_else(|| words.wrong(&format!("expected one of {kinds}")))?;
    let rate =
        words.number(&["lr", "rate"])?.ok_or_else(|| words.wrong("expected a learning rate (lr0.1)"))?;
    let decay = words.number(&["wd", "decay"])?.unwrap_or(optimiser.default_decay());
    adjust(&mut optimiser, &mut words)?;
    if let (Optimiser::Sgd { momentum, .. }, false) = (&mut optimiser, number.is_empty()) {
        *momentum = words.parse(&number)?;
    }
    words.end()?;
    Ok(Descent { optimiser, rate, decay })
}

/// `b1_0.8` and `b10.8` as words that end in a letter.
fn numbered(text: &str, beta: &str) -> String {
    let letters = if beta.ends_with('1') { "betai" } else { "betaii" };
    let parts = text.split('_').map(|part| match part.strip_prefix(beta) {
        Some(number) => format!("{letters}{}", number.trim_start_matches('=')),
        None => part.to_string(),
    });
    // A number in a part of its own belongs to the part before.
    let joined = parts.collect::<Vec<_>>().join("_");
    joined.replace(&format!("{letters}_"), letters)
}

/// Sets what a name says.
fn adjust(optimiser: &mut Optimiser, words: &mut Words) -> Result<(), String> {
    let set = |value: &mut f64, found: Option<f64>| *value = found.unwrap_or(*value);
    match optimiser {
        Optimiser::Sgd { momentum, dampening, nesterov } => {
            *nesterov |= words.flag(&["nesterov", "nag"]);
            let usual = words.flag(&["momentum", "mom"]) || *nesterov;
            set(momentum, (usual && *momentum == 0.0).then_some(0.9));
            set(momentum, words.number(&["m", "mom", "momentum"])?);
            set(dampening, words.number(&["damp", "dampening"])?);
        }
        Optimiser::RmsProp { alpha, epsilon, momentum, centered } => {
            set(alpha, words.number(&["alpha", "a", "rho"])?);
            set(epsilon, words.number(&["eps", "epsilon"])?);
            set(momentum, words.number(&["m", "mom", "momentum"])?);
            *centered |= words.flag(&["centered", "centred"]);
        }
        Optimiser::Adagrad { rate_decay, epsilon } => {
            set(rate_decay, words.number(&["lrdecay"])?);
            set(epsilon, words.number(&["eps", "epsilon"])?);
        }
        Optimiser::Adadelta { rho, epsilon } => {
            set(rho, words.number(&["rho"])?);
            set(epsilon, words.number(&["eps", "epsilon"])?);
        }
        Optimiser::Nadam(of, momentum_decay) => {
            set(momentum_decay, words.number(&["mdecay"])?);
            moments(of, words)?;
        }
        Optimiser::Adam(of) | Optimiser::AdamW(of) => {
            of.amsgrad |= words.flag(&["amsgrad"]);
            moments(of, words)?;
        }
        Optimiser::Adamax(of) | Optimiser::Radam(of) => moments(of, words)?,
    }
    Ok(())
}

fn moments(of: &mut Moments, words: &mut Words) -> Result<(), String> {
    for (beta, word) in of.betas.iter_mut().zip(["betai", "betaii"]) {
        *beta = words.number(&[word])?.unwrap_or(*beta);
        if !(0.0..1.0).contains(beta) {
            return Err(words.wrong(&format!("expected a beta from 0 to below 1, found {beta}")));
        }
    }
    of.epsilon = words.number(&["eps", "epsilon"])?.unwrap_or(of.epsilon);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optimisers_have_their_settings_in_their_names() {
        let sgd = |momentum, nesterov| Optimiser::Sgd { momentum, dampening: 0.0, nesterov };
        let moments = |a, b| Moments { betas: [a, b], ..Moments::default() };
        for (name, optimiser, rate, decay) in [
            ("sgd_lr0.1", sgd(0.0, false), 0.1, 0.0),
            ("sgd_lr0.1_m0.8_wd0.001", sgd(0.8, false), 0.1, 0.001),
            ("sgd_momentum0.9_lr1e-2_nesterov", sgd(0.9, true), 0.01, 0.0),
            ("momentum_lr0.1", sgd(0.9, false), 0.1, 0.0),
            ("momentum0.5_lr0.1", sgd(0.5, false), 0.1, 0.0),
            ("sgd_momentum_lr0.1", sgd(0.9, false), 0.1, 0.0),
            ("sgd_nesterov_lr0.1", sgd(0.9, true), 0.1, 0.0),
            ("nesterov_lr0.1_m0.5", sgd(0.5, true), 0.1, 0.0),
            ("adam_lr0.003_weight_decay0.1", Optimiser::Adam(moments(0.9, 0.999)), 0.003, 0.1),
            ("adam_lr0.003_b1_0.8_b2_0.9", Optimiser::Adam(moments(0.8, 0.9)), 0.003, 0.0),
            ("adam_b10.5_lr0.003", Optimiser::Adam(moments(0.5, 0.999)), 0.003, 0.0),
            ("adamw_lr0.003", Optimiser::AdamW(moments(0.9, 0.999)), 0.003, 0.01),
            ("adamw_lr=0.003_wd=0", Optimiser::AdamW(moments(0.9, 0.999)), 0.003, 0.0),
            ("adagrad_lr0.05_lr_decay0.1", Optimiser::Adagrad { rate_decay: 0.1, epsilon: 1e-10 }, 0.05, 0.0),
            (
                "RMSprop_lr0.01_alpha0.9_eps1e-6_mom0.9_centered",
                Optimiser::RmsProp { alpha: 0.9, epsilon: 1e-6, momentum: 0.9, centered: true },
                0.01,
                0.0,
            ),
        ] {
            assert_eq!(descent(name), Ok(Descent { optimiser, rate, decay }), "{name}");
        }
        for (name, told) in [
            ("newton_lr1", "expected one of sgd, momentum"),
            ("sgd", "expected a learning rate"),
            ("sgd_lrx", "expected a learning rate"),
            ("sgd_lr0.1_alpha0.9", r#"nothing is known of "alpha0.9""#),
            ("adam_lr0.1_b1_1.5", "expected a beta"),
        ] {
            let e = descent(name).unwrap_err();
            assert!(e.contains(told), "{name}: {e}");
        }
    }
}
