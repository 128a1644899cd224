package adminscript

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind is what a script is for.
type Kind string

// The kinds.
const (
	Impersonation Kind = "impersonation" // the account may act for people
	Delegation    Kind = "delegate"      // the account has full access to mailboxes
	Application   Kind = "application"   // an application may reach calendars in Microsoft 365
	Throttling    Kind = "throttling"    // the account may ask for more at a time
)

// Kinds lists them, as help and menus do.
func Kinds() []Kind { return []Kind{Impersonation, Delegation, Application, Throttling} }

// The versions that need scripts of their own; the rest are between them.
const (
	v2007  = "2007"
	v2010  = "2010"
	vCloud = "365"
)

// Versions are the generations of Exchange, oldest first; 365 is Exchange Online.
func Versions() []string {
	return []string{v2007, v2010, "2013", "2016", "2019", "se", vCloud}
}

// DefaultName is how everything is called that a script makes.
const DefaultName = "Lockstep"

// Request is what a script is to do. Of Group, OU, People and Everybody one
// says whose mailboxes are meant; Throttling is about the account alone.
type Request struct {
	Kind      Kind
	Version   string
	Name      string // of what the script makes; empty: DefaultName
	Account   string // DOMAIN\user, or a name that Exchange knows
	Group     string
	OU        string // organisational unit
	People    []string
	Everybody bool

	// AppID and ObjectID name the application in Microsoft 365.
	AppID, ObjectID string
}

// maxScope is how many people a scope names one by one; a filter of more is
// slow, and long before that a group is the better way.
const maxScope = 100

// maxName leaves room for what is added to it: Exchange takes 64 characters.
const maxName = 40

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// check demands that a request makes sense as a whole.
func (q Request) check() error {
	wrong := func(field, say string) error { return &InputError{Field: field, Say: say} }
	cloud := q.Version == vCloud
	switch {
	case !slices.Contains(Kinds(), q.Kind):
		return wrong("kind", "expected impersonation, delegate, application or throttling")
	case !slices.Contains(Versions(), q.Version):
		return wrong("version", "expected one of "+strings.Join(Versions(), ", "))
	case cloud != (q.Kind == Application):
		return wrong("version", "Microsoft 365 (365) takes the rights of an application, and Exchange servers those of an account")
	case q.Kind == Throttling && q.Version == v2007:
		return wrong("version", "Exchange 2007 does not throttle, so there is nothing to set")
	case utf8.RuneCountInString(q.Name) > maxName:
		return wrong("name", "at most 40 characters: Exchange takes no longer names")
	case cloud && !guid.MatchString(q.AppID):
		return wrong("app id", "expected the application (client) id, such as 00000000-0000-0000-0000-000000000000")
	case cloud && !guid.MatchString(q.ObjectID):
		return wrong("object id", "expected the object id of the enterprise application, such as 00000000-0000-0000-0000-000000000000")
	case !cloud && strings.TrimSpace(q.Account) == "":
		return wrong("account", `missing; expected the account that Lockstep signs in with, such as EXAMPLE\svc-lockstep`)
	case q.Kind == Throttling:
		return q.texts()
	}
	if err := q.whose(); err != nil {
		return err
	}
	return q.texts()
}

// whose demands that one thing says whose mailboxes are meant.
func (q Request) whose() error {
	ways := 0
	for _, said := range []bool{q.Group != "", q.OU != "", len(q.People) > 0, q.Everybody} {
		if said {
			ways++
		}
	}
	switch {
	case ways == 0:
		return &InputError{Field: "people", Say: "nobody is named; name a group, people or an organisational unit, or say that everybody is meant"}
	case ways > 1:
		return &InputError{Field: "people", Say: "a group, people, an organisational unit or everybody: one of them"}
	case q.OU != "" && q.Version == vCloud:
		return &InputError{Field: "organisational unit", Say: "Microsoft 365 has none; name a group"}
	case q.Everybody && q.Version == vCloud:
		return &InputError{Field: "people", Say: "everybody is what a consent in Entra gives; name a group or people for a script"}
	case len(q.People) > maxScope && q.Kind != Delegation:
		return &InputError{Field: "people", Say: "more than 100 are too many to name one by one; name a group"}
	case slices.ContainsFunc(q.People, func(s string) bool { return strings.TrimSpace(s) == "" }):
		return &InputError{Field: "people", Say: "one of the names is empty"}
	}
	return nil
}

// texts demands that everything that was typed in can stand in a script.
func (q Request) texts() error {
	for _, t := range []struct{ field, text string }{
		{"name", q.Name},
		{"account", q.Account},
		{"group", q.Group},
		{"organisational unit", q.OU},
		{"people", strings.Join(q.People, ",")},
	} {
		if bad, ok := errors.AsType[*InputError](printable(t.text)); ok {
			return &InputError{Field: t.field, Say: bad.Say}
		}
	}
	return nil
}

// template is the file whose blocks the script is made of.
func (q Request) template() string {
	switch {
	case q.Kind == Throttling && q.Version == v2010:
		return "throttling2010.tmpl"
	case q.Kind == Throttling:
		return "throttling.tmpl"
	case q.Kind == Delegation:
		return "delegate.tmpl"
	case q.Kind == Application:
		return "application.tmpl"
	case q.Version == v2007:
		return "impersonation2007.tmpl"
	default:
		return "impersonation.tmpl"
	}
}
