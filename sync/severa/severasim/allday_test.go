package severasim_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

func span(r row) [2]string {
	end, _ := r["endDateTime"].(string)
	return [2]string{r["startDateTime"].(string), end}
}

func TestAllDay_IsBoundedByMidnights(t *testing.T) {
	const helsinki16 = "2026-12-15T22:00:00+00:00"
	tests := []struct {
		name       string
		sw         severasim.Switches
		start, end string
		want       [2]string
	}{
		// The example of the vendor's help: 16 to 20 December in Finland.
		{"five days", severasim.Switches{}, "2026-12-15T22:00:00Z", "2026-12-20T22:00:00Z", [2]string{helsinki16, "2026-12-20T22:00:00+00:00"}},
		{"local midnight", severasim.Switches{}, "2026-12-16T00:00:00+02:00", "2026-12-17T00:00:00+02:00", [2]string{helsinki16, "2026-12-16T22:00:00+00:00"}},
		{"no end is one day", severasim.Switches{}, "2026-12-15T22:00:00Z", "", [2]string{helsinki16, "2026-12-16T22:00:00+00:00"}},
		{"end at the start is one day", severasim.Switches{}, "2026-12-15T22:00:00Z", "2026-12-15T22:00:00Z", [2]string{helsinki16, "2026-12-16T22:00:00+00:00"}},
		{"hours are taken whole", severasim.Switches{}, "2026-12-16T08:00:00Z", "2026-12-17T08:00:00Z", [2]string{helsinki16, "2026-12-17T22:00:00+00:00"}},
		{"over the change of the clocks", severasim.Switches{}, "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", [2]string{"2026-03-28T22:00:00+00:00", "2026-03-29T21:00:00+00:00"}},
		{"organisation's midnight", severasim.Switches{MidnightOf: severasim.ZoneOrganisation}, "2026-12-15T23:00:00Z", "2026-12-16T23:00:00Z", [2]string{"2026-12-15T23:00:00+00:00", "2026-12-16T23:00:00+00:00"}},
		{"UTC midnight", severasim.Switches{MidnightOf: severasim.ZoneUTC}, "2026-12-16T00:00:00Z", "2026-12-17T00:00:00Z", [2]string{"2026-12-16T00:00:00+00:00", "2026-12-17T00:00:00+00:00"}},
		{"owner's offset", severasim.Switches{Offset: severasim.OffsetOwner}, "2026-12-15T22:00:00Z", "2026-12-16T22:00:00Z", [2]string{"2026-12-16T00:00:00+02:00", "2026-12-17T00:00:00+02:00"}},
		{"organisation's offset", severasim.Switches{Offset: severasim.OffsetOrganisation}, "2026-12-15T22:00:00Z", "2026-12-16T22:00:00Z", [2]string{"2026-12-15T23:00:00+01:00", "2026-12-16T23:00:00+01:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newOffice(t, severasim.Options{Zone: "Europe/Amsterdam", Switches: tt.sw})
			id := f.post(f.meeting("holiday", tt.start, tt.end, `"isAllDay":true`))
			got := decodeInto[row](t, f.want(http.StatusOK, "GET", "/v1/activities/"+id, ""))
			if diff := cmp.Diff(tt.want, span(got)); diff != "" {
				t.Errorf("span (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllDay_OffMidnightRefusedUnderTheSwitch(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{RefuseOffMidnight: true}})
	f.want(http.StatusBadRequest, "POST", "/v1/activities", f.meeting("h", "2026-12-16T00:00:00Z", "2026-12-17T00:00:00Z", `"isAllDay":true`))
	f.want(http.StatusCreated, "POST", "/v1/activities", f.meeting("h", "2026-12-15T22:00:00Z", "2026-12-16T22:00:00Z", `"isAllDay":true`))
}

func TestAllDay_SeriesKeepsToMidnightOverTheChangeOfTheClocks(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.post(f.meeting("h", "2026-03-27T22:00:00Z", "2026-03-28T22:00:00Z", `"isAllDay":true,"recurrence":{"frequency":"Daily","range":{"maxOccurrences":3}}`))
	want := [][2]string{
		{"2026-03-27T22:00:00+00:00", "2026-03-28T22:00:00+00:00"},
		{"2026-03-28T22:00:00+00:00", "2026-03-29T21:00:00+00:00"},
		{"2026-03-29T21:00:00+00:00", "2026-03-30T21:00:00+00:00"},
	}
	var got [][2]string
	for _, r := range f.list("/v1/activities") {
		got = append(got, span(r))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}

func TestAllDay_PatchMakesADayWhole(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	id := f.postDay("m", "2026-04-01")
	got := decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activities/"+id, `[{"op":"replace","path":"/isAllDay","value":true}]`))[0]
	if diff := cmp.Diff([2]string{"2026-03-31T21:00:00+00:00", "2026-04-01T21:00:00+00:00"}, span(got)); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
	}
}
