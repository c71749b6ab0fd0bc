//! Reading an object: one generation of it, resumed where the line was cut, and handed out only when its checksum is right.

use algomosaic_core::{Code, Job, Problem};
use google_cloud_gax::retry_policy::NeverRetry;
use google_cloud_storage::model_ext::ReadRange;
use google_cloud_storage::read_resume_policy::NeverResume;

use super::object::check_name;
use super::{Bucket, Inner, Object};
use crate::error::{Error, Result};

/// An object with its bytes.
#[derive(Debug, Clone)]
pub struct Download {
    /// What is known of it.
    pub object: Object,
    /// All of it; size and checksum are verified.
    pub bytes: Vec<u8>,
}

impl Bucket {
    /// Reads an object: the newest, or one generation of it.
    pub fn download(&self, name: &str, generation: Option<i64>, job: &Job) -> Result<Download> {
        check_name(name)?;
        self.runtime.wait(job, self.inner.download(name, generation, job))
    }
}

impl Inner {
    async fn download(&self, name: &str, generation: Option<i64>, job: &Job) -> Result<Download> {
        let doing = format!("reading {name}");
        let Some(object) = self.stat(name, generation).await? else { return Err(self.gone(name, generation).into()) };
        let Some(expected) = object.crc32c else {
            return Err(Problem::new(
                Code::BadInput,
                format!("{name} has no checksum to verify it by, as objects under a key of their own have"),
                "Save it without such a key.",
            )
            .into());
        };
        let mut bytes = Vec::new();
        usize::try_from(object.size).ok().and_then(|size| bytes.try_reserve_exact(size).ok()).ok_or_else(|| {
            Problem::bad(
                format!("{name} has {} bytes, more than the memory that is free", object.size),
                "Close other programs, or use a machine with more memory.",
            )
        })?;
        let mut sum = 0;
        let mut tries = self.tries();
        // What is there is not asked for again; an empty object needs no request.
        while (bytes.len() as u64) < object.size {
            let had = bytes.len();
            let Err(error) = self.read_on(&doing, &object, &mut bytes, &mut sum, job).await else { continue };
            if bytes.len() > had {
                tries.got_on();
            }
            match error.status() {
                Some(404) => return Err(self.gone(name, Some(object.generation)).into()),
                _ => match tries.after(&error, true) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(error),
                },
            }
        }
        if sum != expected {
            return Err(Problem::new(
                Code::Remote,
                format!("{name} arrived damaged: its checksum is {sum:08x}, but was {expected:08x} when it was saved; nothing of it is used"),
                "Read it again; if that is no help, the line or a proxy changes what it carries.",
            )
            .into());
        }
        Ok(Download { object, bytes })
    }

    /// Reads what is still missing, as far as it comes.
    async fn read_on(&self, doing: &str, object: &Object, bytes: &mut Vec<u8>, sum: &mut u32, job: &Job) -> Result<()> {
        let patience = self.http.patience.answer;
        let slow = || Error::TooSlow { doing: doing.to_owned(), service: self.http.service(), after: patience };
        let mut request = self
            .client()
            .await?
            .read_object(self.path(), &object.name)
            .set_generation(object.generation)
            // It is verified when all of it is there, from however many requests.
            .compute_crc32c(false)
            .with_retry_policy(NeverRetry)
            .with_read_resume_policy(NeverResume);
        if !bytes.is_empty() {
            request = request.set_read_range(ReadRange::offset(bytes.len() as u64));
        }
        let opened = tokio::time::timeout(patience, request.send()).await.map_err(|_| slow())?;
        let mut reader = opened.map_err(|error| self.error(doing, &error))?;
        loop {
            let piece = tokio::time::timeout(patience, reader.next()).await.map_err(|_| slow())?;
            let Some(piece) = piece else { break };
            let piece = piece.map_err(|error| self.error(doing, &error))?;
            if piece.len() as u64 > object.size - bytes.len() as u64 {
                return Err(self.http.malformed(doing, &format!("more than its {} bytes came", object.size)));
            }
            *sum = crc32c::crc32c_append(*sum, &piece);
            bytes.extend_from_slice(&piece);
            job.step(bytes.len(), object.size as usize)?;
        }
        if (bytes.len() as u64) < object.size {
            let what = format!("{} of its {} bytes came", bytes.len(), object.size);
            return Err(self.http.malformed(doing, &what));
        }
        Ok(())
    }

    fn gone(&self, name: &str, generation: Option<i64>) -> Problem {
        match generation {
            None => Problem::not_found(
                format!("there is no {name} in the bucket {}", self.name),
                "See in the list of models what there is.",
            ),
            Some(_) => Problem::not_found(
                format!("{name} was replaced or removed meanwhile in the bucket {}", self.name),
                "Read what is there now.",
            ),
        }
    }
}
