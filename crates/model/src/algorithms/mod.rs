//! One algorithm a file. All of them stand behind linfa's traits through [`crate::algorithm::Estimator`].

pub mod baseline;
pub mod boosting;
pub mod elastic_net;
pub mod forest;
pub mod knn;
pub mod lasso;
pub mod linear_svr;
pub mod logistic;
pub mod ols;
pub mod pls;
pub mod ridge;
