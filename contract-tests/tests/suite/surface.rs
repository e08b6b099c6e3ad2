//! The surface of the documents is that of the fact sheets: fact row, operation, method, path.

/// Row of the fact sheet, `operationId`, method and path.
type Row = (&'static str, &'static str, &'static str, &'static str);

const WOOTRIC: &[Row] = &[
    ("1.2", "create_token", "POST", "/oauth/token"),
    ("1", "list_end_users", "GET", "/v1/end_users"),
    ("2, 3, 4", "get_end_user", "GET", "/v1/end_users/{id}"),
    ("5", "get_end_user_by_phone_number", "GET", "/v1/end_users/phone_number/{phone_number}"),
    ("6", "create_end_user", "POST", "/v1/end_users"),
    ("7", "update_end_user", "PUT", "/v1/end_users/{id}"),
    ("8, 9", "delete_end_user", "DELETE", "/v1/end_users/{id}"),
    ("10", "export_end_user", "GET", "/v1/end_users/{id}/export"),
    ("11", "list_responses", "GET", "/v1/responses"),
    ("12", "list_end_user_responses", "GET", "/v1/end_users/{end_user_id}/responses"),
    ("13", "list_end_user_promoters", "GET", "/v1/end_users/{end_user_id}/responses/promoters"),
    ("14", "list_end_user_passives", "GET", "/v1/end_users/{end_user_id}/responses/passives"),
    ("15", "list_end_user_detractors", "GET", "/v1/end_users/{end_user_id}/responses/detractors"),
    ("16", "get_end_user_response", "GET", "/v1/end_users/{end_user_id}/responses/{id}"),
    ("17", "create_response", "POST", "/v1/end_users/{end_user_id}/responses"),
    ("18", "update_response", "PUT", "/v1/responses/{id}"),
    ("19", "delete_response", "DELETE", "/v1/end_users/{end_user_id}/responses/{id}"),
    ("20", "list_declines", "GET", "/v1/declines"),
    ("21", "list_end_user_declines", "GET", "/v1/end_users/{end_user_id}/declines"),
    ("22", "get_end_user_decline", "GET", "/v1/end_users/{end_user_id}/declines/{id}"),
    ("23", "create_decline", "POST", "/v1/end_users/{end_user_id}/declines"),
    ("24", "update_decline", "PUT", "/v1/declines/{id}"),
    ("25", "delete_decline", "DELETE", "/v1/end_users/{end_user_id}/declines/{id}"),
    ("26", "list_page_views", "GET", "/v1/end_users/{end_user_id}/page_views"),
    ("27", "get_page_view", "GET", "/v1/end_users/{end_user_id}/page_views/{id}"),
    ("28", "create_page_view", "POST", "/v1/end_users/{end_user_id}/page_views"),
    ("29", "delete_page_view", "DELETE", "/v1/end_users/{end_user_id}/page_views/{id}"),
    ("30", "get_end_user_settings", "GET", "/v1/end_users/{end_user_id}/settings"),
    ("31", "update_end_user_settings", "PUT", "/v1/end_users/{end_user_id}/settings"),
    ("32", "get_nps_summary", "GET", "/v1/nps_summary"),
    ("33", "list_segments", "GET", "/v1/segments"),
    ("34", "list_survey_templates", "GET", "/v1/survey_templates"),
    ("35", "create_email_survey", "POST", "/v1/email_survey"),
    ("36", "create_email_survey_csv", "POST", "/v1/email_survey_csv"),
    ("37", "get_email_stats", "GET", "/v2/email_stats"),
    ("38", "list_email_stats_sources", "GET", "/v2/email_stats/sources"),
    ("39", "create_bounce_report", "POST", "/v2/email_stats/bounce_report"),
];

const WOOTRIC_CXI: &[Row] = &[
    ("C1", "get_onboarding", "GET", "/v1/onboarding"),
    ("C2", "update_onboarding", "PUT", "/v1/onboarding"),
    ("C3", "list_projects", "GET", "/v1/projects"),
    ("C4", "create_project", "POST", "/v1/projects"),
    ("C5", "update_project", "PUT", "/v1/projects/{id}"),
    ("C6", "list_tags", "GET", "/v1/tags"),
    ("C7", "create_tag", "POST", "/v1/tags"),
    ("C8", "update_tag", "PUT", "/v1/tags/{id}"),
    ("C9", "delete_tag", "DELETE", "/v1/tags/{id}"),
    ("C10", "list_imports", "GET", "/v1/imports"),
    ("C11", "get_import", "GET", "/v1/imports/{id}"),
    ("C12", "create_import", "POST", "/v1/imports"),
    ("C13", "update_import", "PUT", "/v1/imports/{id}"),
    ("C14", "delete_import", "DELETE", "/v1/imports/{id}"),
    ("C15", "list_responses", "GET", "/v1/responses"),
    ("C16", "create_export", "POST", "/v1/exports"),
    ("C17", "update_response_properties", "PUT", "/v1/responses/update_bulk_properties"),
    ("C18", "update_segments", "PUT", "/v1/segments/update_bulk"),
];

const DIRECTLY: &[Row] = &[
    ("1", "authorize", "GET", "/oauth/auth"),
    ("2", "create_token", "POST", "/oauth/token"),
    ("3", "logout", "GET", "/oauth/logout"),
    ("4", "create_question", "POST", "/v1/questions"),
    ("5", "list_questions", "GET", "/v1/questions"),
    ("6", "get_question", "GET", "/v1/questions/{uuid}"),
    ("7", "update_question", "PUT", "/v1/questions/{uuid}"),
    ("8", "close_question", "POST", "/v1/questions/{uuid}/close"),
    ("9", "expire_question", "POST", "/v1/questions/{uuid}/expire"),
    ("10", "reroute_question", "POST", "/v1/questions/{uuid}/reroute"),
    ("11", "list_messages", "GET", "/v1/messages"),
    ("12", "create_message", "POST", "/v1/messages"),
    ("13", "update_message", "PUT", "/v1/messages/{uuid}"),
    ("14", "mark_message_as_resolved", "POST", "/v1/messages/{uuid}/markAsResolved"),
    ("15", "accept_response", "POST", "/v1/responses/{uuid}/accept"),
    ("16", "rate_response", "POST", "/v1/responses/{uuid}/rate"),
    ("17", "confirm_auto_response", "POST", "/v1/responses/{uuid}/confirmAutoResponse"),
    ("18", "mark_response_as_read", "POST", "/v1/responses/{uuid}/markAsRead"),
    ("19", "create_automatic_answer", "POST", "/v1/automaticAnswers"),
    ("20", "create_automatic_answer_feedback", "POST", "/v1/automaticAnswers/{uuid}/feedback"),
    ("21", "get_classification", "GET", "/v1/classifications"),
    ("22", "create_predictive_routing", "POST", "/v1/predictiveRouting"),
    ("23", "create_content", "POST", "/v1/content"),
    ("24", "forget_user", "POST", "/v1/users/forget"),
    ("25", "get_health_status", "GET", "/health/status"),
];

#[test]
fn the_documents_hold_every_operation_of_the_fact_sheets_and_no_other() {
    for (name, rows) in [("wootric", WOOTRIC), ("wootric-cxi", WOOTRIC_CXI), ("directly", DIRECTLY)] {
        let api = cx_spec::embedded(name).unwrap();
        for (row, id, method, path) in rows {
            println!("{name:<12} {row:<8} {id:<34} {method:<7} {path}");
        }
        let mut expected: Vec<_> = rows.iter().map(|(_, id, method, path)| (*id, *method, *path)).collect();
        let mut found: Vec<_> = api
            .operations
            .iter()
            .map(|operation| (operation.id.as_str(), operation.method.as_str(), operation.path.as_str()))
            .collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
}
