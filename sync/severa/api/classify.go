package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// defaultThrottle is the pause after a 429 that names none: the quota counts per second.
const defaultThrottle = time.Second

var (
	errNotFromAPI = errors.New("the answer does not come from the API; a proxy, a sign-in page or a wrong base URL may be in between")
	errRedirect   = errors.New("the server redirects elsewhere; redirects are not followed, set the base URL to the right address")
	errProxyAuth  = errors.New("the proxy asks for a sign-in of its own")
)

// exception is the API's error body.
type exception struct {
	Error *struct {
		Type    json.RawMessage `json:"type"`
		Details []struct {
			Location *struct {
				Name json.RawMessage `json:"name"`
			} `json:"location"`
		} `json:"details"`
	} `json:"error"`
}

// parseException reads the type and the parameter name. Messages are left out on purpose: they may
// quote what was sent. Text that does not look like an identifier is dropped for the same reason.
func parseException(body []byte) (t ExceptionType, parameter string) {
	var x exception
	if err := json.Unmarshal(body, &x); err != nil || x.Error == nil {
		return "", ""
	}
	t = ExceptionType(identifier(x.Error.Type))
	for _, d := range x.Error.Details {
		if d.Location == nil {
			continue
		}
		if name := identifier(d.Location.Name); name != "" {
			return t, name
		}
	}
	return t, ""
}

func identifier(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil || s == "" || len(s) > 64 {
		return ""
	}
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("_.[]/-", r):
		default:
			return ""
		}
	}
	return s
}

// refusal turns an answer other than the expected one into an error. write says that the request
// changes something.
func refusal(op string, write bool, a *answer, now time.Time) *Error {
	e := &Error{Op: op, Status: a.status, Sent: true}
	e.Type, e.Parameter = parseException(a.body)
	e.RetryAfter = retryAfter(a.header, now)
	e.Class, e.Err = classify(write, a, e.Type)
	if e.Class == Throttled && e.RetryAfter == 0 {
		e.RetryAfter = defaultThrottle
	}
	return e
}

func classify(write bool, a *answer, t ExceptionType) (Class, error) {
	unsure := func(read Class, cause error) (Class, error) {
		if write {
			return OutcomeUnknown, cause
		}
		return read, cause
	}
	switch {
	case a.status == http.StatusTooManyRequests:
		return Throttled, nil
	case a.status == http.StatusInternalServerError && t != "" && t != InternalSystemError:
		// Which status goes with which type is not documented; a named refusal is one under 500 too.
		return byType(t, Unavailable), nil
	case a.status >= 500:
		return unsure(Unavailable, nil)
	case a.status >= 400:
		return classify4xx(a, t, unsure)
	case a.status >= 300:
		return unsure(Protocol, errRedirect)
	default:
		return unsure(Protocol, errNotFromAPI)
	}
}

func classify4xx(a *answer, t ExceptionType, unsure func(Class, error) (Class, error)) (Class, error) {
	switch a.status {
	case http.StatusNotFound, http.StatusGone:
		// A 404 is the proof of a deletion to whoever asks by id, so that the "not found" page of a
		// gateway or a web server must not pass for one.
		if !looksLikeAPI(a) {
			return unsure(Protocol, errNotFromAPI)
		}
		return byType(t, NotFound), nil
	case http.StatusUnauthorized:
		return byType(t, Auth), nil
	case http.StatusForbidden:
		return byType(t, Forbidden), nil
	case http.StatusProxyAuthRequired:
		return Unavailable, errProxyAuth
	case http.StatusRequestTimeout:
		return unsure(Unavailable, nil)
	default:
		return byType(t, Invalid), nil
	}
}

// byType lets the exception type decide where it is clear; the status decides otherwise.
func byType(t ExceptionType, byStatus Class) Class {
	switch t {
	case InsufficientAPIScope:
		return ScopeMissing
	case AuthenticationRequired:
		return Auth
	case PermissionDenied, UserLicenseType, AddonMissing, AddonMissingTermsOfServiceApproval,
		TermsOfServiceNotApproved, FeatureIsNotEnabled, OrganizationNotActive, TrialExpired,
		NotAvailableInTrial, ExcludedFromTrial:
		return Forbidden
	case InvalidParameter, InvalidOperation, InvalidRequest, InvalidAPIVersion, ConfigurationError,
		HTTPSRequired, InvalidRecaptcha:
		if byStatus == Unavailable {
			return Invalid
		}
		return byStatus
	case InternalSystemError:
		return byStatus
	default:
		return byStatus
	}
}

// looksLikeAPI reports whether an error answer may stem from the API: it documents a 404 without a
// body, and JSON for all others.
func looksLikeAPI(a *answer) bool {
	body := bytes.TrimSpace(a.body)
	return !a.cut && (len(body) == 0 || body[0] == '{' && json.Valid(body))
}

// retryAfter reads the header in both forms of RFC 9110, section 10.2.3. A date is taken relative to
// the server's own Date, so that a wrong local clock does no harm.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		if !(n > 0) {
			return 0
		}
		if n >= maxRetryAfter.Seconds() {
			return maxRetryAfter
		}
		return time.Duration(n * float64(time.Second))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	if d, err := http.ParseTime(h.Get("Date")); err == nil {
		now = d
	}
	return max(0, min(at.Sub(now), maxRetryAfter))
}
