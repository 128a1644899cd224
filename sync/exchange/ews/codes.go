package ews

import "time"

// verdict is what a response code means; maybe marks a failure in the middle of the work, after which a write may or may not have been done.
type verdict struct {
	class Class
	maybe bool
	pause time.Duration // when the server names none
}

const (
	busyPause = time.Minute
	movePause = 15 * time.Minute
)

// verdictOf maps a response code of any operation. A code that is not listed is Invalid for reads and for writes: the server has answered with a
// code, so it has refused the request, and the same request would be refused again.
//
// Source: https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode and, for the pauses,
// https://learn.microsoft.com/exchange/client-developer/exchange-web-services/ews-throttling-in-exchange.
func verdictOf(code string) verdict {
	switch code {
	case "ErrorItemNotFound", "ErrorCalendarOccurrenceIsDeletedFromRecurrence", "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange",
		"ErrorEventNotFound":
		return verdict{class: ClassItemNotFound}

	case "ErrorStaleObject", "ErrorIrresolvableConflict", "ErrorChangeKeyRequired", "ErrorChangeKeyRequiredForWriteOperations":
		return verdict{class: ClassPrecondition}

	case "ErrorAccessDenied", "ErrorCannotDeleteObject", "ErrorCalendarIsNotOrganizer", "ErrorSendAsDenied":
		return verdict{class: ClassItemForbidden}

	case "ErrorNonExistentMailbox", "ErrorMissingEmailAddress", "ErrorMailRecipientNotFound", "ErrorInvalidSmtpAddress",
		"ErrorNonPrimarySmtpAddress", "ErrorFolderNotFound", "ErrorParentFolderNotFound", "ErrorSavedItemFolderNotFound",
		"ErrorToFolderNotFound", "ErrorNoCalendar", "ErrorMailboxConfiguration", "ErrorCannotFindUser", "ErrorRecipientNotFound",
		"ErrorInvalidMailbox", "ErrorNameResolutionNoMailbox", "ErrorInvalidUserPrincipalName", "ErrorMissingExchangePrincipal",
		"ErrorInvalidFolderId", "ErrorCannotUseItemIdForFolderId", "ErrorEmailAddressMismatch":
		return verdict{class: ClassCalendarNotFound}

	case "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorImpersonationFailed", "ErrorInvalidExchangeImpersonationHeaderData",
		"ErrorAccountDisabled", "ErrorMailboxLogonFailed", "ErrorNotDelegate", "ErrorInvalidUserSid", "ErrorInvalidSid",
		"ErrorCreateItemAccessDenied", "ErrorCreateSubfolderAccessDenied", "ErrorNoFreeBusyAccess":
		return verdict{class: ClassCalendarForbidden}

	case "ErrorServerBusy":
		return verdict{class: ClassThrottled, pause: busyPause}
	case "ErrorTooManyObjectsOpened", "ErrorExceededConnectionCount", "ErrorExceededFindCountLimit", "ErrorExceededSubscriptionCount":
		return verdict{class: ClassThrottled, pause: busyPause}

	case "ErrorMailboxMoveInProgress":
		return verdict{class: ClassUnavailable, pause: movePause}
	case "ErrorADUnavailable", "ErrorADOperation", "ErrorInsufficientResources", "ErrorMailboxStoreUnavailable", "ErrorNotEnoughMemory",
		"ErrorNoRespondingCASInDestinationSite", "ErrorBatchProcessingStopped", "ErrorNoApplicableProxyCASServersAvailable",
		"ErrorProxyServiceDiscoveryFailed", "ErrorServiceDiscoveryFailed", "ErrorNoDestinationCASDueToKerberosRequirements",
		"ErrorNoDestinationCASDueToSSLRequirements", "ErrorNoDestinationCASDueToVersionMismatch", "ErrorProxyTokenExpired",
		"ErrorProxyGroupSidLimitExceeded":
		return verdict{class: ClassUnavailable}
	case "ErrorInternalServerError", "ErrorInternalServerTransientError", "ErrorTimeoutExpired", "ErrorMailboxFailover",
		"ErrorConnectionFailed", "ErrorProxyRequestProcessingFailed", "ErrorProxyCallFailed", "ErrorProxySoapException",
		"ErrorClientDisconnected", "ErrorRequestAborted", "ErrorDataSourceOperation", "ErrorCrossSiteRequest", "ErrorWin32InteropError",
		"ErrorMoveCopyFailed", "ErrorWebRequestInInvalidState", "ErrorResponseSchemaValidation", "ErrorParsingXMLResponse":
		return verdict{class: ClassUnavailable, maybe: true}

	case "ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound":
		return verdict{class: ClassCursorExpired}

	case "ErrorSubscriptionNotFound", "ErrorInvalidSubscription", "ErrorExpiredSubscription", "ErrorSubscriptionUnsubscribed",
		"ErrorSubscriptionAccessDenied", "ErrorInvalidWatermark", "ErrorReadEventsFailed", "ErrorMissedNotificationEvents",
		"ErrorNewEventStreamConnectionOpened", "ErrorProxiedSubscriptionCallFailure", "ErrorInvalidPullSubscriptionId",
		"ErrorSubscriptionDelegateAccessNotSupported":
		return verdict{class: ClassSubscription}

	case "ErrorPasswordExpired", "ErrorPasswordChangeRequired", "ErrorAccountSuspend", "ErrorInvalidClientAccessTokenRequest",
		"ErrorInvalidSerializedAccessToken", "ErrorTokenSerializationDenied":
		return verdict{class: ClassAuth}

	case "ErrorOrganizationAccessBlocked", "ErrorInvalidLicense", "ErrorCallerIsInvalidADAccount", "ErrorInvalidLogonType",
		"ErrorInvalidAuthorizationContext":
		return verdict{class: ClassBlocked}

	case "ErrorInvalidServerVersion", "ErrorIncorrectSchemaVersion", "ErrorInvalidSchemaVersionForMailboxVersion",
		"ErrorWrongServerVersion", "ErrorWrongServerVersionDelegate":
		return verdict{class: ClassVersion}
	}
	return verdict{class: ClassInvalid}
}

// classify turns a response code into class and pause. The code of a whole request (a fault) counts for the calendar where the same code on an
// item counts for that item alone.
func classify(code string, write, whole bool) (Class, time.Duration) {
	v := verdictOf(code)
	switch {
	case v.maybe && write:
		return ClassUnknown, v.pause
	case whole && v.class == ClassItemForbidden:
		return ClassCalendarForbidden, v.pause
	}
	return v.class, v.pause
}
