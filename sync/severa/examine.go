package severa

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"lockstep/sync/doctor"
	"lockstep/sync/severa/api"
)

// Examine signs in, tries every permission that a two-way sync needs and looks
// at the activity types. Nothing is written, see Check.
func (c *Connection) Examine(ctx context.Context) doctor.Result {
	r := doctor.Pass().With("account", c.name)
	if err := c.Check(ctx); err != nil {
		return diagnose(r, err)
	}
	c.mu.Lock()
	types, org := c.types, c.org
	c.mu.Unlock()
	r = r.With("types", strconv.Itoa(len(types))).With("organisation_zone", org)
	k := newKinds(types, "")
	r = r.With("type_of_new_entries", k.plain.Name).With("type_of_private_entries", k.personal.Name)
	switch {
	case k.plain.ID == "":
		r.State, r.Cause = doctor.Failed, doctor.CauseNoTypes
	case !k.hasPersonal():
		r.State, r.Cause = doctor.Warned, doctor.CauseNoPersonal
	case !hasDefault(types):
		r.State, r.Cause = doctor.Warned, doctor.CauseNoDefaultType
	}
	return r
}

func hasDefault(types []Type) bool {
	for _, t := range types {
		if t.Default && t.Active {
			return true
		}
	}
	return false
}

// diagnose tells what keeps the service from being used.
func diagnose(r doctor.Result, err error) doctor.Result {
	r.State, r.Cause = doctor.Failed, doctor.CauseUnexpected
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		return r.With("detail", "no answer of the service")
	}
	if e.Status != 0 {
		r = r.With("status", strconv.Itoa(e.Status))
	}
	r = r.With("type", string(e.Type))
	switch e.Class {
	case api.Auth:
		r.Cause = doctor.CauseWrongPassword
		if e.Status == 0 {
			r.Cause = doctor.CauseSignInStopped
		}
	case api.ScopeMissing:
		r.Cause = doctor.CauseScopeMissing
		return r.With("scope", strings.Join(e.Scopes, ", "))
	case api.Forbidden, api.Invalid:
		r.Cause = forbiddenBy(e.Type)
		return r.With("detail", string(e.Type))
	case api.Throttled:
		r.Cause = doctor.CauseBusinessQuota
	case api.Unavailable, api.OutcomeUnknown:
		r.Cause = doctor.CauseUnavailable
		if e.Status == 0 {
			r.Cause = doctor.CauseCut
		}
	case api.Protocol:
		r.Cause = doctor.CauseWebPage
	case api.Certificate:
		r.Cause = doctor.CauseUntrusted
	case api.HostUnknown:
		r.Cause = doctor.CauseHostUnknown
	case api.NotFound:
		r.Cause = doctor.CauseNoAPI
	}
	return r
}

func forbiddenBy(t api.ExceptionType) doctor.Cause {
	switch t {
	case api.TermsOfServiceNotApproved, api.AddonMissingTermsOfServiceApproval:
		return doctor.CauseTerms
	case api.AddonMissing, api.FeatureIsNotEnabled:
		return doctor.CauseAddon
	case api.OrganizationNotActive, api.TrialExpired, api.NotAvailableInTrial, api.ExcludedFromTrial:
		return doctor.CauseOrganisation
	case api.InternalSystemError, api.AuthenticationRequired, api.InvalidParameter, api.InvalidOperation, api.InvalidRequest,
		api.InsufficientAPIScope, api.InvalidAPIVersion, api.ConfigurationError, api.UserLicenseType, api.HTTPSRequired,
		api.PermissionDenied, api.InvalidRecaptcha:
	}
	return doctor.CauseNoRights
}

// Match says whether exactly one active user has an address.
func Match(users []User, address string) doctor.Result {
	active, all := 0, 0
	for _, u := range users {
		if !strings.EqualFold(u.Address, address) {
			continue
		}
		all++
		if u.Active {
			active++
		}
	}
	switch {
	case all == 0:
		return doctor.Fail(doctor.CauseNotInBusiness).With("users", strconv.Itoa(len(users)))
	case active == 0:
		return doctor.Fail(doctor.CauseUserInactive)
	case active > 1:
		return doctor.Fail(doctor.CauseTwice).With("users", strconv.Itoa(active))
	}
	return doctor.Pass()
}
