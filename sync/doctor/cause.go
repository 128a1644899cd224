package doctor

// Cause is what a check found to be wrong.
type Cause string

// The causes. A warning has one too.
const (
	// CauseNeeds: a check that this one needs did not pass; the fact "needs" names it.
	CauseNeeds Cause = "needs"
	// CauseNotHere: this program, or this system, cannot look.
	CauseNotHere Cause = "not_here"

	// Of this PC.
	CausePCPast Cause = "pc_clock_past" // its clock stands before this program was made
	CausePCZone Cause = "pc_zone"       // its zone is another than the office's

	// Of the way to a server.
	CauseHostUnknown   Cause = "host_unknown"
	CauseDNSFailed     Cause = "dns_failed" // no name can be looked up at all
	CauseRefused       Cause = "connection_refused"
	CauseUnreachable   Cause = "unreachable"
	CauseTimeout       Cause = "timeout"
	CauseProxyUnknown  Cause = "proxy_unknown" // the proxy's name or port leads nowhere
	CauseProxySignIn   Cause = "proxy_sign_in"
	CauseProxyRefuses  Cause = "proxy_refuses"
	CauseProxySettings Cause = "proxy_settings" // what is set makes no proxy

	// Of the encryption.
	CauseNotTLS      Cause = "not_tls"
	CausePlain       Cause = "plain_http"
	CauseOldTLS      Cause = "old_tls"
	CauseTLSFailed   Cause = "tls_failed"
	CauseUntrusted   Cause = "untrusted_authority"
	CauseSelfSigned  Cause = "self_signed"
	CauseIncomplete  Cause = "incomplete_chain"
	CauseWrongName   Cause = "wrong_name"
	CauseExpired     Cause = "certificate_expired"
	CauseNotYetValid Cause = "certificate_not_yet_valid"
	CauseChanged     Cause = "certificate_changed"
	CauseInspected   Cause = "tls_inspected"
	CauseExpiresSoon Cause = "certificate_expires_soon"
	CauseCAFile      Cause = "ca_file"

	// Of what answers.
	CauseNoService   Cause = "no_service"     // nothing of Exchange at this path
	CauseWebPage     Cause = "web_page"       // 200 with a page: a captive portal, or another server
	CauseLoginPage   Cause = "login_page"     // a redirect to a sign-in page, or status 440
	CauseRedirected  Cause = "redirected"     // to another address
	CauseBlocked     Cause = "access_blocked" // 403
	CauseUnavailable Cause = "unavailable"    // 503 and its like
	CauseBroken      Cause = "server_error"   // 500 without an answer of Exchange
	CauseCut         Cause = "connection_cut"
	CauseNoAuth      Cause = "no_auth"     // it answers without a sign-in, or offers none
	CauseNotXML      Cause = "not_soap"    // an answer that is none of Exchange
	CauseSetting     Cause = "setting"     // the connection cannot be opened as it is set up
	CauseNotSetUp    Cause = "not_set_up"  // there are no connections yet
	CauseUnexpected  Cause = "unexpected"  // what nobody has described
	CauseTooOld      Cause = "too_old"     // older than Exchange 2007 SP1
	CauseStopped     Cause = "interrupted" // the examination was ended before

	// Of the sign-in.
	CauseNTLMOff         Cause = "ntlm_off"
	CauseBasicOff        Cause = "basic_off"
	CauseOAuthOnly       Cause = "oauth_only"
	CauseBasicOnly       Cause = "basic_in_use"
	CauseNoSecret        Cause = "no_secret"
	CauseWrongPassword   Cause = "sign_in_refused"
	CauseLocked          Cause = "account_locked"
	CauseSignInStopped   Cause = "sign_in_stopped"
	CausePasswordExpired Cause = "password_expired"
	CauseAccountDisabled Cause = "account_disabled"
	CauseBroke           Cause = "handshake_cut" // the connection does not live through the handshake

	// Of the rights.
	CauseRoleMissing  Cause = "role_missing"
	CauseOutOfScope   Cause = "out_of_scope"
	CauseDelegate     Cause = "full_access_instead"   // of the role
	CauseImpersonate  Cause = "impersonation_instead" // of full access
	CauseTooWide      Cause = "scope_too_wide"
	CauseNoMailbox    Cause = "no_mailbox"
	CauseInCloud      Cause = "mailbox_in_cloud"
	CauseAlias        Cause = "alias"
	CauseGroup        Cause = "is_group"
	CauseMoving       Cause = "mailbox_moving"
	CauseStoreDown    Cause = "mailbox_store_down"
	CauseNoRight      Cause = "no_right"
	CauseReadOnly     Cause = "read_only"
	CauseNoCalendar   Cause = "no_calendar"
	CauseQuota        Cause = "quota_full"
	CauseWriteRefused Cause = "write_refused"
	CauseNoProperty   Cause = "property_refused"
	CausePropertyLost Cause = "property_lost"
	CauseNoSearch     Cause = "mark_not_found"
	CauseOverwrites   Cause = "no_precondition"
	CauseUnlike       Cause = "unlike_others" // the server does not do what others are known to do
	CauseNotRemoved   Cause = "test_entry_left"
	CauseNoNotices    Cause = "no_notifications"
	CauseThrottled    Cause = "throttled"

	// Of the clocks.
	CauseServerClock   Cause = "server_clock"
	CauseBusinessClock Cause = "business_clock"
	CausePCClock       Cause = "pc_clock" // both servers agree, and this PC does not
	CauseMailboxZone   Cause = "mailbox_zone"

	// Of the business system.
	CauseScopeMissing  Cause = "scope_missing"
	CauseTerms         Cause = "terms_not_approved"
	CauseAddon         Cause = "addon_missing"
	CauseOrganisation  Cause = "organisation_not_active"
	CauseNoTypes       Cause = "no_activity_types"
	CauseNoDefaultType Cause = "no_default_type"
	CauseNoPersonal    Cause = "no_personal_type"
	CauseNoRights      Cause = "business_forbidden"
	CauseTypeGone      Cause = "activity_type_gone"      // one that is chosen is not there
	CauseTypeForbidden Cause = "activity_type_forbidden" // the credentials may not see entries of it
	CausePersonalOff   Cause = "personal_type_off"       // switched off
	CauseBusinessQuota Cause = "business_quota"
	CauseNoAPI         Cause = "no_api"

	// Of the people.
	CauseNotInBusiness Cause = "not_in_business"
	CauseUserInactive  Cause = "user_inactive"
	CauseTwice         Cause = "address_twice"
	CauseNotOwner      Cause = "not_activity_owner" // no entry can be his own
	CauseNobody        Cause = "nobody"

	// Of the rest.
	CauseDynamics      Cause = "dynamics"
	CauseOGCS          Cause = "ogcs"
	CauseAnotherOffice Cause = "another_office"
	CauseStoreDamaged  Cause = "store_damaged"
	CauseDiskLow       Cause = "disk_low"
	CauseStandby       Cause = "standby"
	CauseNoTray        Cause = "no_tray"
	CauseNoAutostart   Cause = "no_autostart"
	CauseOutOfSupport  Cause = "out_of_support"
	CauseCloudEWS      Cause = "cloud_ews_ends"
)
