//! Layers of a backbone that can be chosen: what a backbone does not name here is its own.

pub use learn::net::activation::Activation;

/// An enumeration whose variants have names on the command line and in files.
macro_rules! named {
    ($(#[$note:meta])* $kind:ident { $($(#[$about:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$note])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $kind {
            $($(#[$about])* #[serde(rename = $name)] $variant),*
        }

        impl $kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name on the command line and in files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }
    };
}

named! {
    /// How the size of a picture is halved between layers.
    Pooling {
        /// By the greatest of each window.
        Max = "max",
        /// By the mean of each window.
        Average = "average",
        /// By convolutions of stride 2 (Springenberg et al. 2014).
        Strided = "strided",
        /// Not at all.
        None = "none",
    }
}

named! {
    /// What follows a convolution before its activation.
    Norm {
        /// Batch normalisation (Ioffe and Szegedy 2015).
        Batch = "batch",
        /// Normalisation of groups of channels of a picture (Wu and He 2018).
        Group = "group",
        /// Normalisation of all channels of a picture (Ba et al. 2016).
        Layer = "layer",
        /// A bias only.
        None = "none",
    }
}

named! {
    /// What becomes of the last layer's plane of a channel.
    Global {
        /// Its mean (Lin et al. 2013).
        Mean = "mean",
        /// Its maximum.
        Max = "max",
        /// Both.
        Both = "both",
    }
}

/// Layers chosen instead of a backbone's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LayerOptions {
    /// How the size is halved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pooling: Option<Pooling>,
    /// What follows a convolution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub norm: Option<Norm>,
    /// The activation function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation: Option<Activation>,
    /// How the last layer becomes features.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global: Option<Global>,
}

impl LayerOptions {
    /// Whether every layer is the backbone's own.
    pub fn is_own(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_files_and_own_layers_are_not_written() {
        for p in Pooling::ALL {
            assert_eq!(serde_json::to_string(p).unwrap(), format!("\"{}\"", p.name()));
        }
        let some = LayerOptions {
            norm: Some(Norm::Group),
            activation: Some(Activation::Gelu),
            ..Default::default()
        };
        let text = serde_json::to_string(&some).unwrap();
        assert_eq!(text, r#"{"norm":"group","activation":"gelu"}"#);
        assert_eq!(serde_json::from_str::<LayerOptions>(&text).unwrap(), some);
        assert!(!some.is_own() && serde_json::from_str::<LayerOptions>("{}").unwrap().is_own());
        for wrong in [r#"{"norm":"Batch"}"#, r#"{"pool":"max"}"#, r#"{"global":3}"#] {
            assert!(serde_json::from_str::<LayerOptions>(wrong).is_err(), "{wrong}");
        }
    }
}
