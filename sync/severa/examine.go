package severa

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// Examine signs in, tries every permission that a two-way sync needs and looks
// at the activity types: those that are chosen to go out, by id or name (none:
// all), and those that entries from Exchange get. Nothing is written, see Check.
//
// The interface tells rights by refusing: whether entries of a type may be
// listed is tried for each; whether they may be changed is no right of its own
// there, but the credentials' (activities:write), which Check has tried.
func (c *Connection) Examine(ctx context.Context, chosen []string) doctor.Result {
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
	wanted, gone := chosenTypes(types, chosen)
	if len(gone) > 0 {
		r.State, r.Cause = doctor.Failed, doctor.CauseTypeGone
		return r.With("detail", strings.Join(gone, ", "))
	}
	for _, t := range []Type{k.plain, k.personal} {
		if t.ID != "" && !slices.Contains(wanted, t) {
			wanted = append(wanted, t)
		}
	}
	if r = c.tryTypes(ctx, r, wanted); r.State == doctor.Failed {
		return r
	}
	switch {
	case k.plain.ID == "":
		r.State, r.Cause = doctor.Failed, doctor.CauseNoTypes
	case !k.hasPersonal():
		r.State, r.Cause = doctor.Warned, doctor.CauseNoPersonal
	case !k.personal.Active:
		r.State, r.Cause = doctor.Warned, doctor.CausePersonalOff
		r = r.With("detail", k.personal.Name)
	case !hasDefault(types):
		r.State, r.Cause = doctor.Warned, doctor.CauseNoDefaultType
	}
	return r
}

// chosenTypes are the types that go out, and the names of those that are not there.
func chosenTypes(types []Type, chosen []string) (found []Type, gone []string) {
	if chosen == nil {
		for _, t := range types {
			if t.Active && t.Group != event.GroupProjectTask { // project tasks are never kept in step
				found = append(found, t)
			}
		}
		return found, nil
	}
	for _, want := range chosen {
		at := slices.IndexFunc(types, func(t Type) bool { return t.ID == want || strings.EqualFold(t.Name, want) })
		if at < 0 {
			gone = append(gone, want)
			continue
		}
		found = append(found, types[at])
	}
	return found, gone
}

// mostTypes bounds how many requests the types of an organisation cost.
const mostTypes = 25

// tryTypes lists an entry of each type.
func (c *Connection) tryTypes(ctx context.Context, r doctor.Result, types []Type) doctor.Result {
	for _, t := range types[:min(len(types), mostTypes)] {
		for _, err := range c.client.Activities(ctx, api.ActivityQuery{
			Start: c.now(), End: c.now().Add(time.Hour), ActivityTypeGUIDs: []string{t.ID}, RowCount: 1,
		}) {
			e, ok := errors.AsType[*api.Error](err)
			switch {
			case ok && e.Class == api.Forbidden:
				r = diagnose(r, err)
				r.Cause = doctor.CauseTypeForbidden
				return r.With("activity_type", t.Name)
			case err != nil:
				return diagnose(r, err)
			}
			break
		}
	}
	return r.With("types_tried", strconv.Itoa(min(len(types), mostTypes)))
}

// MayOwn says whether a user is among those who can own activities, as the
// service lists them. One who is not would have his entries refused.
func (c *Connection) MayOwn(ctx context.Context, r doctor.Result, address string) doctor.Result {
	rows, err := listed(c, c.client.Users(ctx, api.UserQuery{Email: address, Purpose: api.PurposeActivityOwner}))
	if err != nil {
		return r.With("may_own_entries", "not told")
	}
	if slices.ContainsFunc(rows, func(u api.User) bool { return strings.EqualFold(strings.TrimSpace(u.Email), address) }) {
		return r.With("may_own_entries", "yes")
	}
	r.State, r.Cause = doctor.Warned, doctor.CauseNotOwner
	return r.With("may_own_entries", "no")
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
