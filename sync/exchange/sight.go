package exchange

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"lockstep/sync/doctor"
	"lockstep/sync/exchange/ews"
)

// The checks of what stands at the address, before anybody signs in. They judge
// what ews.Look has seen.

// LookService says whether it can be Exchange's web service that answered.
func LookService(s ews.Sight, err error) doctor.Result {
	r := doctor.Pass()
	if err != nil {
		return transport(r, err)
	}
	r = r.With("status", strconv.Itoa(s.Status)).With("type", s.Type).With("server", s.Server).With("front_end", s.FrontEnd)
	switch {
	case s.Status == http.StatusUnauthorized:
		return r
	case s.Status >= 300 && s.Status < 400:
		r = r.With("location", s.Location)
		if to := strings.ToLower(s.Location); strings.Contains(to, "logon") || strings.Contains(to, "login") || strings.Contains(to, "adfs") ||
			strings.Contains(to, "internalsite") || strings.Contains(to, "signin") {
			return bad(r, doctor.CauseLoginPage)
		}
		return bad(r, doctor.CauseRedirected)
	case s.Status == 440: // IIS's number for a session of a sign-in page that is over
		return bad(r, doctor.CauseLoginPage).With("location", "status 440")
	case s.Status == http.StatusForbidden:
		return bad(r, doctor.CauseBlocked)
	case s.Status == http.StatusNotFound, s.Status == http.StatusMethodNotAllowed, s.Status == http.StatusGone:
		return bad(r, doctor.CauseNoService)
	case s.Status == http.StatusInternalServerError && s.XML:
		return bad(r, doctor.CauseNoAuth) // a fault of Exchange to who has not signed in
	case s.Status == http.StatusInternalServerError:
		return bad(r, doctor.CauseBroken)
	case s.Status > 500:
		return bad(r, doctor.CauseUnavailable)
	case s.Status == http.StatusOK && !s.XML:
		return bad(r, doctor.CauseWebPage)
	case s.Status == http.StatusOK:
		return bad(r, doctor.CauseNoAuth)
	}
	return bad(r, doctor.CauseUnexpected).With("detail", "status "+strconv.Itoa(s.Status))
}

// LookAuth says whether the server offers the way to sign in that is set up.
func LookAuth(s ews.Sight, want ews.Auth, encrypted bool) doctor.Result {
	r := doctor.Pass().With("offered", strings.Join(s.Schemes, ", ")).With("used", want.String())
	has := func(name string) bool {
		for _, x := range s.Schemes {
			if strings.EqualFold(x, name) {
				return true
			}
		}
		return false
	}
	switch {
	case len(s.Schemes) == 0:
		return bad(r, doctor.CauseNoAuth)
	case !has("NTLM") && !has("Basic") && !has("Negotiate") && has("Bearer"):
		return bad(r, doctor.CauseOAuthOnly)
	case want == ews.AuthNTLM && !has("NTLM"):
		return bad(r, doctor.CauseNTLMOff)
	case want == ews.AuthBasic && !has("Basic"):
		return bad(r, doctor.CauseBasicOff)
	case want == ews.AuthBasic && has("NTLM") && encrypted:
		r.State, r.Cause = doctor.Warned, doctor.CauseBasicOnly
	}
	return r
}

func bad(r doctor.Result, c doctor.Cause) doctor.Result {
	r.State, r.Cause = doctor.Failed, c
	return r
}

// transport is an error of the connection, after the way to the server was proved.
func transport(r doctor.Result, err error) doctor.Result {
	switch ews.ClassOf(err) {
	case ews.ClassInvalid:
		return bad(r, doctor.CauseSetting).With("detail", "the client does not accept it")
	case ews.ClassHostUnknown:
		return bad(r, doctor.CauseHostUnknown)
	case ews.ClassCertificate:
		return bad(r, doctor.CauseUntrusted)
	case ews.ClassUnclassified, ews.ClassItemNotFound, ews.ClassPrecondition, ews.ClassItemForbidden, ews.ClassCalendarNotFound, ews.ClassCalendarForbidden,
		ews.ClassThrottled, ews.ClassUnavailable, ews.ClassUnknown, ews.ClassCursorExpired, ews.ClassSubscription, ews.ClassAuth, ews.ClassBlocked,
		ews.ClassProtocol, ews.ClassVersion:
	}
	return bad(r, doctor.CauseCut)
}

// answered is an error of a call as a check tells it: the code for codes that
// mean the same whatever was asked. It is false for all others.
func answered(r doctor.Result, err error) (doctor.Result, bool) {
	e, ok := errors.AsType[*ews.Error](err)
	if !ok {
		return bad(r, doctor.CauseUnexpected).With("detail", "no answer"), true
	}
	r = r.With("code", e.Code)
	if e.HTTPStatus != 0 && e.HTTPStatus != http.StatusOK {
		r = r.With("status", strconv.Itoa(e.HTTPStatus))
	}
	switch e.Code {
	case "ErrorPasswordExpired", "ErrorPasswordChangeRequired":
		return bad(r, doctor.CausePasswordExpired), true
	case "ErrorAccountDisabled", "ErrorAccountSuspend":
		return bad(r, doctor.CauseAccountDisabled), true
	case "ErrorMailboxMoveInProgress":
		return bad(r, doctor.CauseMoving), true
	case "ErrorMailboxStoreUnavailable", "ErrorMailboxFailover", "ErrorMailboxLogonFailed":
		return bad(r, doctor.CauseStoreDown), true
	case "ErrorQuotaExceeded":
		return bad(r, doctor.CauseQuota), true
	}
	switch {
	case errors.Is(err, ews.ErrLocked):
		return bad(r, doctor.CauseLocked), true
	case e.Class == ews.ClassVersion:
		return bad(r, doctor.CauseTooOld), true
	case e.Class == ews.ClassAuth && e.HTTPStatus == http.StatusUnauthorized:
		return bad(r, doctor.CauseWrongPassword), true
	case e.Class == ews.ClassAuth && e.HTTPStatus == 440:
		return bad(r, doctor.CauseLoginPage).With("location", "status 440"), true
	case e.Class == ews.ClassAuth:
		return bad(r, doctor.CauseSignInStopped), true
	case e.Class == ews.ClassBlocked:
		return bad(r, doctor.CauseBlocked), true
	case e.Class == ews.ClassProtocol && e.HTTPStatus == http.StatusUnauthorized:
		return bad(r, doctor.CauseBroke), true
	case e.Class == ews.ClassProtocol && e.HTTPStatus == http.StatusNotFound:
		return bad(r, doctor.CauseNoService), true
	case e.Class == ews.ClassProtocol:
		return bad(r, doctor.CauseNotXML), true
	case e.Class == ews.ClassUnavailable && e.HTTPStatus == 0:
		return bad(r, doctor.CauseCut), true
	case e.Class == ews.ClassUnavailable && e.HTTPStatus == http.StatusInternalServerError:
		return bad(r, doctor.CauseBroken), true
	case e.Class == ews.ClassUnavailable:
		return bad(r, doctor.CauseUnavailable), true
	case e.Class == ews.ClassUnknown:
		return bad(r, doctor.CauseCut), true
	}
	return r, false
}
