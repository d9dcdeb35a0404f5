//! A pool of objects that are costly to make and are used by one thread at a time.

use parking_lot::Mutex;

/// Idle objects. As many are made as threads use at once.
pub(in crate::store) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    /// Calls `work` with an idle object, or with a new one that `create` makes. No lock is held meanwhile.
    ///
    /// # Errors
    ///
    /// Those of `create` and `work`. An object with which `work` failed is dropped.
    pub(in crate::store) fn with<R, E>(
        &self,
        create: impl FnOnce() -> Result<T, E>,
        work: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        let idle = self.0.lock().pop();
        let mut object = idle.map_or_else(create, Ok)?;
        let result = work(&mut object)?;
        self.0.lock().push(object);
        Ok(result)
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_used_again_unless_work_with_it_failed() {
        let pool = Pool::default();
        let mut made = 0;
        let mut use_one = |fails: bool| {
            let create = || {
                made += 1;
                Ok(made)
            };
            pool.with(create, |number| if fails { Err(()) } else { Ok(*number) })
        };
        assert_eq!([use_one(false), use_one(false), use_one(true)], [Ok(1), Ok(1), Err(())]);
        assert_eq!(use_one(false), Ok(2));
    }
}
