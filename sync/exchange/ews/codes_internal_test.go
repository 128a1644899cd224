package ews

import (
	"testing"
	"time"
)

// TestClassify_EveryKnownCode holds what each response code of the documentation means for a read, for a write, and for a request as a whole.
func TestClassify_EveryKnownCode(t *testing.T) {
	type row struct {
		read, write, whole Class
		codes              []string
	}
	same := func(c Class, codes ...string) row { return row{c, c, c, codes} }
	for _, r := range []row{
		same(ClassThrottled, "ErrorServerBusy", "ErrorTooManyObjectsOpened", "ErrorExceededConnectionCount", "ErrorExceededFindCountLimit",
			"ErrorExceededSubscriptionCount"),
		same(ClassUnavailable, "ErrorADUnavailable", "ErrorInsufficientResources", "ErrorMailboxStoreUnavailable", "ErrorNotEnoughMemory",
			"ErrorNoRespondingCASInDestinationSite", "ErrorMailboxMoveInProgress", "ErrorBatchProcessingStopped"),
		{ClassUnavailable, ClassUnknown, ClassUnavailable, []string{
			"ErrorInternalServerTransientError", "ErrorTimeoutExpired", "ErrorMailboxFailover", "ErrorConnectionFailed",
			"ErrorProxyRequestProcessingFailed", "ErrorClientDisconnected", "ErrorInternalServerError", "ErrorMoveCopyFailed",
		}},
		same(ClassCursorExpired, "ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound"),
		same(ClassSubscription, "ErrorSubscriptionNotFound", "ErrorInvalidSubscription", "ErrorExpiredSubscription", "ErrorInvalidWatermark",
			"ErrorReadEventsFailed", "ErrorMissedNotificationEvents", "ErrorNewEventStreamConnectionOpened", "ErrorSubscriptionAccessDenied",
			"ErrorSubscriptionUnsubscribed"),
		same(ClassItemNotFound, "ErrorItemNotFound", "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
			"ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"),
		same(ClassPrecondition, "ErrorStaleObject", "ErrorIrresolvableConflict", "ErrorChangeKeyRequiredForWriteOperations", "ErrorChangeKeyRequired"),
		same(ClassInvalid, "ErrorInvalidChangeKey", "ErrorInvalidId", "ErrorInvalidIdMalformed", "ErrorInvalidIdEmpty",
			"ErrorInvalidIdMalformedEwsLegacyIdFormat", "ErrorCorruptData", "ErrorItemCorrupt", "ErrorCalendarInvalidPropertyState",
			"ErrorMimeContentConversionFailed", "ErrorContentConversionFailed", "ErrorItemPropertyRequestFailed", "ErrorQuotaExceeded",
			"ErrorSubmissionQuotaExceeded", "ErrorMessageSizeExceeded", "ErrorDataSizeLimitExceeded", "ErrorRequestStreamTooBig",
			"ErrorSchemaValidation", "ErrorInvalidRequest", "ErrorInvalidPropertySet", "ErrorInvalidPropertyRequest",
			"ErrorIncorrectUpdatePropertyCount", "ErrorUpdatePropertyMismatch", "ErrorSendMeetingInvitationsRequired",
			"ErrorSendMeetingCancellationsRequired", "ErrorSendMeetingInvitationsOrCancellationsRequired", "ErrorMessageDispositionRequired",
			"ErrorDuplicateSOAPHeader", "ErrorUnsupportedPathForQuery", "ErrorInvalidExtendedProperty", "ErrorInvalidExtendedPropertyValue",
			"ErrorObjectTypeChanged", "ErrorCalendarDurationIsTooLong", "ErrorCalendarEndDateIsEarlierThanStartDate",
			"ErrorCalendarInvalidRecurrence", "ErrorCalendarOutOfRange", "ErrorRecurrenceEndDateTooBig", "ErrorRecurrenceHasNoOccurrence",
			"ErrorOccurrenceCrossingBoundary", "ErrorOccurrenceTimeSpanTooBig", "ErrorCalendarInvalidTimeZone", "ErrorTimeZone",
			"ErrorPropertyUpdate", "ErrorItemSavePropertyError", "ErrorItemSave", "ErrorInvalidRecipients", "ErrorCalendarCannotUpdateDeletedItem",
			"ErrorCalendarInvalidDayForWeeklyRecurrence", "ErrorCalendarViewRangeTooBig", "ErrorValueOutOfRange", "ErrorNeverHeardOf"),
		same(ClassCalendarForbidden, "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorImpersonationFailed",
			"ErrorInvalidExchangeImpersonationHeaderData", "ErrorAccountDisabled", "ErrorMailboxLogonFailed", "ErrorCreateItemAccessDenied"),
		{ClassItemForbidden, ClassItemForbidden, ClassCalendarForbidden, []string{"ErrorAccessDenied", "ErrorCannotDeleteObject", "ErrorCalendarIsNotOrganizer"}},
		same(ClassCalendarNotFound, "ErrorNonExistentMailbox", "ErrorMissingEmailAddress", "ErrorMailRecipientNotFound", "ErrorInvalidSmtpAddress",
			"ErrorNonPrimarySmtpAddress", "ErrorFolderNotFound", "ErrorNoCalendar", "ErrorMailboxConfiguration", "ErrorNameResolutionNoMailbox"),
		same(ClassAuth, "ErrorPasswordExpired", "ErrorPasswordChangeRequired"),
		same(ClassVersion, "ErrorInvalidServerVersion", "ErrorIncorrectSchemaVersion", "ErrorInvalidSchemaVersionForMailboxVersion", "ErrorWrongServerVersion"),
	} {
		for _, code := range r.codes {
			read, _ := classify(code, false, false)
			write, _ := classify(code, true, false)
			whole, _ := classify(code, false, true)
			if got := (row{read: read, write: write, whole: whole}); got.read != r.read || got.write != r.write || got.whole != r.whole {
				t.Errorf("%s: read %s, write %s, whole %s; want %s, %s, %s", code, read, write, whole, r.read, r.write, r.whole)
			}
		}
	}
}

func TestClassify_PausesWithoutAHint(t *testing.T) {
	for code, want := range map[string]time.Duration{"ErrorServerBusy": time.Minute, "ErrorMailboxMoveInProgress": 15 * time.Minute, "ErrorItemNotFound": 0} {
		if _, got := classify(code, false, false); got != want {
			t.Errorf("%s: pause %s, want %s", code, got, want)
		}
	}
}

func TestClass_EveryOneHasAName(t *testing.T) {
	seen := map[string]bool{}
	for c := range numClasses {
		if s := c.String(); s == "" || seen[s] {
			t.Errorf("class %d is called %q", int(c), s)
		} else {
			seen[s] = true
		}
	}
}

func TestServer_HighestFollowsTheBuildNumber(t *testing.T) {
	for _, tc := range []struct {
		s    Server
		want Version
	}{
		{Server{8, 1, 240}, Exchange2007SP1},
		{Server{8, 3, 83}, Exchange2007SP1},
		{Server{14, 0, 639}, Exchange2010},
		{Server{14, 1, 218}, Exchange2010SP1},
		{Server{14, 2, 247}, Exchange2010SP2},
		{Server{14, 3, 123}, Exchange2010SP2},
		{Server{15, 0, 516}, Exchange2013},
		{Server{15, 0, 847}, Exchange2013SP1},
		{Server{15, 1, 225}, Exchange2016},
		{Server{15, 2, 2562}, Exchange2016},
		{Server{15, 20, 7000}, Exchange2016},
		{Server{}, VersionAuto},
		{Server{6, 5, 0}, VersionAuto},
	} {
		if got := tc.s.Highest(); got != tc.want {
			t.Errorf("%+v speaks %s, want %s", tc.s, got, tc.want)
		}
	}
}

func TestLower_EndsAtTheOldest(t *testing.T) {
	v, steps := newestVersion, 0
	for {
		next, ok := lower(v, Server{})
		if !ok {
			break
		}
		if next >= v {
			t.Fatalf("%s is not lower than %s", next, v)
		}
		v, steps = next, steps+1
	}
	if v != Exchange2007SP1 || steps != 6 {
		t.Errorf("ended at %s after %d steps", v, steps)
	}
}
