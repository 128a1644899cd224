package severasim_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

// excepted is a weekly series whose first occurrence is renamed and whose second is removed.
func (f *office) excepted() (series string, ids []string) {
	f.t.Helper()
	series = f.weekly(`"maxOccurrences":4`)
	ids = column(f.occurrences(""), "guid")
	f.want(http.StatusOK, "PATCH", "/v1/activities/"+url.PathEscape(ids[0]), `[{"op":"replace","path":"/name","value":"changed"}]`)
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+url.PathEscape(ids[1]), "")
	return series, ids
}

func (f *office) names() string {
	f.t.Helper()
	return strings.Join(column(f.occurrences(""), "name"), " ")
}

func TestExceptions_WhatAPatchOfTheSeriesDoesToThem(t *testing.T) {
	const later = `[{"op":"replace","path":"/recurrence/range/maxOccurrences","value":"3"}]`
	const name = `[{"op":"replace","path":"/location","value":"Room"}]`
	for _, tt := range []struct {
		patch severasim.MasterPatch
		body  string
		want  string
	}{
		{severasim.ResetByRule, name, "changed weekly weekly"},
		{severasim.ResetByRule, later, "weekly weekly weekly"},
		{severasim.ResetAlways, name, "weekly weekly weekly weekly"},
		{severasim.ResetNever, name, "changed weekly weekly"},
		{severasim.ResetNever, later, "changed weekly"},
	} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{MasterPatch: tt.patch}})
		series, _ := f.excepted()
		f.want(http.StatusOK, "PATCH", "/v1/activities/"+series, tt.body)
		if got := f.names(); got != tt.want {
			t.Errorf("%v after %s: %q, want %q", tt.patch, tt.body, got, tt.want)
		}
	}
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{MasterPatch: severasim.ResetNever}})
	series, _ := f.excepted()
	f.want(http.StatusOK, "PATCH", "/v1/activities/"+series, `[{"op":"replace","path":"/startDateTime","value":"2026-03-23T09:00:00Z"},{"op":"replace","path":"/endDateTime","value":"2026-03-23T10:00:00Z"}]`)
	if got := f.names(); got != "weekly weekly weekly weekly" {
		t.Errorf("an exception outlived its occurrence: %q", got)
	}
}

func TestExceptions_WhichOnesTheSeriesLists(t *testing.T) {
	changed, removed := "2026-03-23T08:00:00+00:00", "2026-03-26T08:00:00+00:00"
	for listed, want := range map[severasim.ListedExceptions][]any{
		severasim.ListAll: {changed, removed}, severasim.ListRemoved: {removed}, severasim.ListNone: {},
	} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{Listed: listed}})
		f.excepted()
		got := f.occurrences("&recurrenceType=Series")[0]["recurrence"].(row)["exceptions"]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", listed, diff)
		}
	}
}

func TestExceptions_WhatAResetBringsBack(t *testing.T) {
	for spares, want := range map[bool]string{false: "weekly weekly weekly weekly", true: "weekly weekly weekly"} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{ResetSparesRemoved: spares}})
		series, _ := f.excepted()
		f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+series+"/exceptions", "")
		if got := f.names(); got != want {
			t.Errorf("spares removed %v: %q, want %q", spares, got, want)
		}
	}
}

func TestExceptions_DatedIDs(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{DatedOccurrenceIDs: true}})
	series, ids := f.excepted()
	if ids[0] != series+";20260323t080000z" {
		t.Errorf("id %q", ids[0])
	}
	if got := column(f.occurrences(""), "guid"); !slices.Equal(got, []string{ids[0], ids[2], ids[3]}) {
		t.Errorf("ids %q", got)
	}
	f.want(http.StatusNotFound, "GET", "/v1/activities/"+series+"%3B20260323t080001z", "")
}
