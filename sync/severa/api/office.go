package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	scopeUsers        = "users:read"
	scopeSettings     = "settings:read"
	scopeOrganisation = "organization:read"

	activityTypesRoute = "/v1/activitytypes"
	usersRoute         = "/v1/users"
	timeZonesRoute     = "/v1/localization/timezones"
	organisationRoute  = "/v1/organizationdetails"
	serverRoute        = "/heartbeat/server"
	authorizedRoute    = "/heartbeat/authorized"
)

var (
	errUnexpectedPage = errors.New("the server announces another page where it documents none")
	errAmbiguous      = errors.New("several active users have this address; mend it in Severa")
	errNoSuchUser     = errors.New("no user has this address")
	errNotAlive       = errors.New("the answer is not the one of the API's health check; check the base URL")
)

// ActivityTypeQuery filters activity types.
type ActivityTypeQuery struct {
	Active       *bool
	Categories   []Category
	ChangedSince time.Time
}

// ActivityTypes lists the organisation's activity types page by page.
func (c *Client) ActivityTypes(ctx context.Context, q ActivityTypeQuery) iter.Seq2[Page[ActivityType], error] {
	r := &request{op: "list activity types", method: http.MethodGet, route: activityTypesRoute, path: activityTypesRoute, scope: scopeSettings, want: okOnly()}
	v, err := pageQuery(q.ChangedSince)
	if err != nil {
		return refused[ActivityType](r.invalid("%w", err))
	}
	setBool(v, "active", q.Active)
	for _, x := range q.Categories {
		v.Add("category", string(x))
	}
	r.query = v
	return list[ActivityType](ctx, c, r)
}

// UserQuery filters users.
type UserQuery struct {
	Active       *bool
	Email        string
	Purpose      Purpose
	ChangedSince time.Time
}

// Users lists users page by page.
func (c *Client) Users(ctx context.Context, q UserQuery) iter.Seq2[Page[User], error] {
	r := &request{op: "list users", method: http.MethodGet, route: usersRoute, path: usersRoute, scope: scopeUsers, want: okOnly()}
	v, err := pageQuery(q.ChangedSince)
	if err != nil {
		return refused[User](r.invalid("%w", err))
	}
	setBool(v, "isActive", q.Active)
	if q.Email != "" {
		v.Set("email", q.Email)
	}
	if q.Purpose != "" {
		v.Set("purpose", string(q.Purpose))
	}
	r.query = v
	return list[User](ctx, c, r)
}

// UserByEmail finds the user with an address, compared without case; an active one before one that
// is not. A 404, an empty list and a list without that address are all NotFound. Several active
// users with the address are Invalid.
func (c *Client) UserByEmail(ctx context.Context, email string) (User, error) {
	const op = "find user by address"
	email = strings.TrimSpace(email)
	if email == "" {
		return User{}, &Error{Op: op, Class: Invalid, Err: errors.New("the address is empty")}
	}
	users, problems, err := All(c.Users(ctx, UserQuery{Email: email}))
	var e *Error
	if errors.As(err, &e) {
		e.Op = op
		return User{}, e
	}
	var active, idle []User
	for _, u := range users {
		switch {
		case !strings.EqualFold(strings.TrimSpace(u.Email), email):
		case u.IsActive:
			active = append(active, u)
		default:
			idle = append(idle, u)
		}
	}
	switch {
	case len(active) == 1:
		return active[0], nil
	case len(active) > 1:
		return User{}, &Error{Op: op, Class: Invalid, Status: http.StatusOK, Sent: true, Err: errAmbiguous}
	case len(problems) > 0: // the unreadable row may be the one
		return User{}, &Error{Op: op, Class: Protocol, Status: http.StatusOK, Sent: true, Err: &problems[0]}
	case len(idle) > 0:
		return idle[0], nil
	default:
		return User{}, &Error{Op: op, Class: NotFound, Status: http.StatusOK, Sent: true, Err: errNoSuchUser}
	}
}

// TimeZones lists the zones that the server knows.
func (c *Client) TimeZones(ctx context.Context) iter.Seq2[Page[TimeZone], error] {
	r := &request{op: "list time zones", method: http.MethodGet, route: timeZonesRoute, path: timeZonesRoute, scope: scopeSettings, want: okOnly()}
	return list[TimeZone](ctx, c, r)
}

// OrganizationDetails reads the organisation of the credentials. It needs the scope
// organization:read, which is not among the default ones.
func (c *Client) OrganizationDetails(ctx context.Context) (Organisation, error) {
	r := &request{op: "get organisation", method: http.MethodGet, route: organisationRoute, path: organisationRoute, scope: scopeOrganisation, want: okOnly()}
	return answered[Organisation](ctx, c, r)
}

// Heartbeat asks without credentials whether the API is there. It tells a wrong address from a wrong
// secret.
func (c *Client) Heartbeat(ctx context.Context) error {
	r := &request{op: "check server", method: http.MethodGet, route: serverRoute, path: serverRoute, open: true, want: okOnly()}
	a, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	if !bytes.Contains(bytes.ToLower(a.body), []byte("alive")) {
		return c.unread(r, a, errNotAlive)
	}
	return nil
}

// Authorized signs in where that is due and asks whether the credentials are accepted.
func (c *Client) Authorized(ctx context.Context) error {
	r := &request{op: "check sign-in", method: http.MethodGet, route: authorizedRoute, path: authorizedRoute, want: []int{http.StatusNoContent}}
	_, err := c.do(ctx, r)
	return err
}

func pageQuery(changedSince time.Time) (url.Values, error) {
	v := url.Values{"rowCount": {strconv.Itoa(RowCount)}}
	if changedSince.IsZero() {
		return v, nil
	}
	s, err := At(changedSince).text()
	if err != nil {
		return nil, fmt.Errorf("changed since: %w", err)
	}
	v.Set("changedSince", s)
	return v, nil
}
