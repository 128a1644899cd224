package adminscript_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"lockstep/sync/exchange/adminscript"
)

func TestRender_RefusesWhatMakesNoSense(t *testing.T) {
	ok := adminscript.Request{Kind: adminscript.Impersonation, Version: "2016", Account: `D\svc`, Group: "Pilot"}
	cloud := adminscript.Request{Kind: adminscript.Application, Version: "365", AppID: someGUID, ObjectID: someGUID, Group: "Pilot"}
	for _, c := range []struct {
		name, field string
		from        adminscript.Request
		change      func(*adminscript.Request)
	}{
		{"an unknown version", "version", ok, func(q *adminscript.Request) { q.Version = "2003" }},
		{"an unknown kind", "kind", ok, func(q *adminscript.Request) { q.Kind = "rights" }},
		{"impersonation in the cloud", "version", ok, func(q *adminscript.Request) { q.Version = "365" }},
		{"an application on a server", "version", cloud, func(q *adminscript.Request) { q.Version = "2019" }},
		{"throttling on 2007", "version", ok, func(q *adminscript.Request) { q.Kind, q.Version = adminscript.Throttling, "2007" }},
		{"no account", "account", ok, func(q *adminscript.Request) { q.Account = " " }},
		{"nobody", "people", ok, func(q *adminscript.Request) { q.Group = "" }},
		{"a group and people", "people", ok, func(q *adminscript.Request) { q.People = []string{"a"} }},
		{"a group and everybody", "people", ok, func(q *adminscript.Request) { q.Everybody = true }},
		{"an empty person", "people", ok, func(q *adminscript.Request) { q.Group, q.People = "", []string{"a", ""} }},
		{"everybody in the cloud", "people", cloud, func(q *adminscript.Request) { q.Group, q.Everybody = "", true }},
		{"no application id", "app id", cloud, func(q *adminscript.Request) { q.AppID = "app" }},
		{"no object id", "object id", cloud, func(q *adminscript.Request) { q.ObjectID = "" }},
		{"a line break in the group", "group", ok, func(q *adminscript.Request) { q.Group = "Pilot\nRemove-Mailbox" }},
		{"a carriage return in a person", "people", ok, func(q *adminscript.Request) { q.Group, q.People = "", []string{"a\rb"} }},
		{"a NUL in the account", "account", ok, func(q *adminscript.Request) { q.Account = "a\x00b" }},
		{"a next line (U+0085)", "account", ok, func(q *adminscript.Request) { q.Account = "a\u0085b" }},
		{"a line separator (U+2028)", "account", ok, func(q *adminscript.Request) { q.Account = "a\u2028b" }},
		{"text that runs backwards", "account", ok, func(q *adminscript.Request) { q.Account = "a\u202eb" }},
		{"text that is no UTF-8", "account", ok, func(q *adminscript.Request) { q.Account = "a\xff" }},
		{"more people than a scope takes", "people", ok, func(q *adminscript.Request) { q.Group, q.People = "", slices.Repeat([]string{"a"}, 101) }},
		{"a name that is too long", "name", ok, func(q *adminscript.Request) { q.Name = strings.Repeat("x", 41) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := c.from
			if _, err := adminscript.Render(q); err != nil {
				t.Fatalf("before the change: %v", err)
			}
			c.change(&q)
			_, err := adminscript.Render(q)
			if bad, ok := errors.AsType[*adminscript.InputError](err); !ok || bad.Field != c.field {
				t.Errorf("Render = %v, want an error about the %s", err, c.field)
			}
		})
	}
}

func TestRender_IsNarrowUnlessToldOtherwise(t *testing.T) {
	for _, version := range []string{"2010", "2013", "2016", "2019", "se"} {
		q := adminscript.Request{Kind: adminscript.Impersonation, Version: version, Account: `D\svc`, Group: "Pilot"}
		narrow, err := adminscript.Render(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Group, q.Everybody = "", true
		wide, err := adminscript.Render(q)
		if err != nil {
			t.Fatal(err)
		}
		const limit = "-CustomRecipientWriteScope $scope"
		if !strings.Contains(narrow.Text, limit) || strings.Contains(wide.Text, limit) {
			t.Errorf("%s: the scope is in the script for a group: %v, for everybody: %v", version,
				strings.Contains(narrow.Text, limit), strings.Contains(wide.Text, limit))
		}
	}
}

// TestRender_ThrottlingStaysFinite: other guides switch the limits off.
func TestRender_ThrottlingStaysFinite(t *testing.T) {
	for _, version := range []string{"2010", "2013", "2016", "2019", "se"} {
		s, err := adminscript.Render(adminscript.Request{Kind: adminscript.Throttling, Version: version, Account: `D\svc`})
		if err != nil {
			t.Fatal(err)
		}
		set := ""
		for line := range strings.Lines(s.Text) {
			if strings.Contains(line, "Set-ThrottlingPolicy ") {
				set = line
			}
		}
		if set == "" || strings.Contains(set, "$null") || strings.Contains(set, "Unlimited") {
			t.Errorf("%s sets the limits by %q", version, set)
		}
		if old := strings.Contains(set, "EWSPercentTimeInCAS"); old != (version == "2010") {
			t.Errorf("%s is given the parameters of another generation: %q", version, set)
		}
		if !strings.Contains(s.About, "$null") {
			t.Errorf("%s does not say why not $null: %s", version, s.About)
		}
	}
}
