//! Every type that is generated for a request or a reply, by name: one that is missing here fails the test.

use std::fmt::{Debug, Display};

use contract_tests::apis::Subject;
use cx_client::{directly, wootric, wootric_cxi};
use serde_json::Value;

use super::{canaries, debug, hidden, plant};
use crate::support;

/// A type of the client.
pub struct Known {
    /// Its module in `generated`.
    pub api: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Reads a value into it; gives what printing it shows, and what it writes.
    read: fn(Value) -> Result<(String, String), serde_json::Error>,
}

/// Calls `Display` where a type has it. The compiler prefers the method that needs fewer references.
struct Probe<'v, T>(&'v T);

trait WithDisplay {
    fn displayed(&self) -> String;
}

impl<T: Display> WithDisplay for Probe<'_, T> {
    fn displayed(&self) -> String {
        self.0.to_string()
    }
}

trait WithoutDisplay {
    fn displayed(&self) -> String;
}

impl<T: Debug> WithoutDisplay for &Probe<'_, T> {
    fn displayed(&self) -> String {
        String::new()
    }
}

macro_rules! types {
    ($known:ident, $api:ident, $($name:ident),* $(,)?) => {
        $($known.push(Known {
            api: stringify!($api),
            name: stringify!($name),
            read: |value| {
                let typed: $api::types::$name = serde_json::from_value(value)?;
                let shown = format!("{}\n{}", debug(&typed), (&Probe(&typed)).displayed());
                Ok((shown, serde_json::to_string(&typed)?))
            },
        });)*
    };
}

/// All of them.
#[rustfmt::skip]
pub fn known() -> Vec<Known> {
    let mut known = Vec::new();
    types!(known, wootric,
        ClientCredentialsGrant, ClientCredentialsGrantGrantType, CreateBounceReportRequest,
        CreateDeclineRequest, CreateEmailSurveyCsvRequest, CreateEmailSurveyCsvTextRequest,
        CreateEmailSurveyRequest, CreateEndUserRequest, CreatePageViewRequest, CreateResponseRequest,
        CreateTokenRequest, DateRange, Decline, EmailStats, EmailStatsDateRange, EmailStatsFigures,
        EmailStatsOngoingSource, EmailStatsRawResults, EmailStatsSend, EmailStatsSources, EmailSurveyContext,
        EmailSurveyCsvSettings, EmailSurveyMessages, EmailSurveySampling, EmailSurveySettings, EndUser,
        EndUserEmbeddedSettings, EndUserLastResponse, EndUserLastResponseId, EndUserLastResponseSurvey,
        EndUserSettings, EndUserSortKey, ErrorBody, ErrorBodyStatus, ErrorList, ErrorListEntry, ErrorMessage,
        MetricType, NpsSummary, OAuthError, PageView, PasswordGrant, PasswordGrantGrantType, Properties,
        PropertyInput, RefreshTokenGrant, RefreshTokenGrantGrantType, Response, ResponseSortKey, Segment,
        SegmentDataType, SortOrder, StoredDecline, StoredResponse, SurveyEndUser, SurveyEndUserInput,
        SurveyEndUserUpdate, SurveyInput, SurveyTemplate, SurveyTemplateLanguage, SurveyTemplates, TimeFilter,
        TokenResponse,
        UpdateDeclineRequest, UpdateEndUserRequest, UpdateEndUserSettingsRequest, UpdateResponseRequest,
        WebhookDecline, WebhookDeclineEvent, WebhookEvent, WebhookEventName, WebhookResponse,
        WebhookResponseEvent, WebhookSurveyMode,
    );
    types!(known, wootric_cxi,
        CreateExportRequest, CreateImportRequest, CreateProjectRequest, CreateTagRequest, CustomProperty,
        CustomPropertyInput, ErrorBody, ErrorBodyStatus, ErrorEntry, ExportType, FeedbackDate, Import,
        ImportInput, MessageError, MetricType, Onboarding, OnboardingImport, OnboardingImportInput,
        OnboardingProject, OnboardingTag, ProductCategory, Project, ProjectInput, Response, ResponsePage,
        ResponseSegments, ResponseTag, Sentiment, SentimentBreakdown, SortOrder, Tag, TagInput, TagMode,
        TagSort, UpdateImportRequest, UpdateOnboardingRequest, UpdateProjectRequest,
        UpdateResponsePropertiesRequest, UpdateSegmentsRequest, UpdateTagRequest, UserSegments, WritableTagMode,
    );
    types!(known, directly,
        AcceptResponseRequest, Author, AuthorizationCodeGrant, AuthorizationCodeGrantGrantType, AutomaticAnswer,
        AutomaticAnswerEnvelope, AutomaticAnswerFeedback, AutomaticAnswerFeedbackEnvelope, Classification,
        ClassificationEnvelope, ClientCredentialsGrant, ClientCredentialsGrantGrantType, CloseQuestionRequest,
        ConfirmAutoResponseRequest, Content, ContentEnvelope, Conversation,
        CreateAutomaticAnswerFeedbackRequest, CreateAutomaticAnswerRequest, CreateContentRequest,
        CreateMessageRequest, CreatePredictiveRoutingRequest, CreateQuestionRequest, CreateTokenRequest,
        EnvelopeError, ErrorDetail, ErrorEnvelope, ExpireQuestionRequest, ExternalId, ExternalIdInput,
        ForgetUserRequest, MarkMessageAsResolvedRequest, MarkResponseAsReadRequest, Message, MessageAction,
        MessageEnvelope, MessageList, MessageListData, MessageType, Meta, NumberOrText, OAuthError,
        PotentialExperts, PushEvent, PushEventType, Question, QuestionEnvelope, QuestionList, QuestionListData,
        QuestionResponse, QuestionResponseEnvelope, QuestionResponseType, QuestionState, QuestionStatus,
        QuestionType, QuickReplyChoice, QuickReplyState, RateResponseRequest, RatingSystem, RefreshTokenGrant,
        RefreshTokenGrantGrantType, Reputation, RerouteQuestionRequest, RerouteStatus, RerouteType, Token,
        UnknownEnvelope, UnknownReply, UpdateMessageRequest, UpdateQuestionRequest, User, UserType,
    );
    known
}

fn subject_of(known: &Known) -> Subject {
    support::subject(&known.api.replace('_', "-"))
}

#[test]
fn every_schema_with_canaries_is_read_kept_and_not_shown() {
    let (mut read, mut planted_in_all, mut plain) = (0, 0, 0);
    for one in known() {
        let api = subject_of(&one).api;
        // What is no schema of its own is an enum within one, and is met there.
        let Some(values) = plant::values(&api, one.name) else { continue };
        let mut planted = 0;
        for value in values {
            let of_this = canaries(&value.to_string());
            planted += of_this;
            let (shown, kept) =
                (one.read)(value.clone()).unwrap_or_else(|error| panic!("{}: {error}: {value}", one.name));
            // Nothing is masked that the type has not taken in. A file is written by its name alone.
            let files = kept.matches("<file ").count();
            assert_eq!(canaries(&kept) + files, of_this, "{} {} lost a canary: {kept}", one.api, one.name);
            hidden(&shown);
        }
        assert!(planted >= plant::marked(&api, one.name), "{} {}: {planted} canaries", one.api, one.name);
        read += 1;
        planted_in_all += planted;
        plain += usize::from(planted == 0);
    }
    println!("{read} schemas, {planted_in_all} canaries, {plain} schemas without any");
    assert!(read > 100 && planted_in_all > 100, "{read} schemas, {planted_in_all} canaries");
}

#[test]
fn a_type_is_printed_by_display_where_it_has_it() {
    let (with, without) = (Probe(&7), Probe(&Some(7)));
    assert_eq!(with.displayed(), "7");
    assert_eq!((&without).displayed(), "");
}
