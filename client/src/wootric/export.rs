//! The three lists of the account, whole.

use crate::{
    export::Export,
    generated::wootric::{
        Client,
        builder::{ListDeclines, ListEndUsers, ListResponses},
    },
};

impl Client {
    /// All end users, however many. Over `created` unless told otherwise, which brings each exactly once;
    /// `.over("updated")` brings those that were changed too, at least once. See [`export`](crate::export).
    ///
    /// ```no_run
    /// # async fn example(client: cx_client::wootric::Client) -> Result<(), cx_client::Error> {
    /// use futures_util::TryStreamExt;
    ///
    /// let mut rows = client.export_end_users().over("updated").from(1_515_940_485).stream()?;
    /// while let Some(end_user) = rows.try_next().await? {
    ///     println!("{}", end_user.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn export_end_users(&self) -> Export<'_, ListEndUsers<'_>> {
        self.list_end_users().export()
    }

    /// All responses, however many, each exactly once. The vendor has no filter for changes of responses: to find those,
    /// read a margin again ([`Export::look_back`]). See [`export`](crate::export).
    pub fn export_responses(&self) -> Export<'_, ListResponses<'_>> {
        self.list_responses().export()
    }

    /// All declines, however many, each exactly once; as [`export_responses`](Self::export_responses).
    pub fn export_declines(&self) -> Export<'_, ListDeclines<'_>> {
        self.list_declines().export()
    }
}
