package api_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/internal/faultscript"
	"lockstep/sync/severa/api"
	"lockstep/sync/severa/severasim"
)

// office is a simulated organisation with one user and a client for it.
type office struct {
	sim    *severasim.Server
	client *api.Client
	user   string
	entry  string // guid of the activity type of category CalendarEntry
}

func newOffice(t *testing.T, so severasim.Options, change ...func(*api.Options)) office {
	t.Helper()
	so.Now = time.Now
	sim := severasim.New(so)
	run, err := sim.Start("127.0.0.1:0", true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Close() })
	o := api.Options{
		BaseURL: run.URL, CAPEM: []byte(run.CAPEM), ClientID: "lockstep", Secret: api.NewSecret("secret"),
		Scopes: append(api.DefaultScopes(), "organization:read"), Now: time.Now, Repeats: -1,
	}
	for _, f := range change {
		f(&o)
	}
	c, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return office{
		sim: sim, client: c, entry: sim.TypeOf(severasim.CalendarEntry),
		user: sim.AddUser(severasim.User{FirstName: "Anna", LastName: "Virta", Email: "anna@office.test", Zone: "Europe/Helsinki"}),
	}
}

func (o office) draft() api.ActivityDraft {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return api.ActivityDraft{
		Name: "Site visit", Start: api.At(start), End: api.At(start.Add(time.Hour)), HasDuration: true,
		Notes: "bring plans", Location: "Room 2", ActivityTypeGUID: o.entry, OwnerGUID: o.user,
	}
}

func classOf(t *testing.T, err error) api.Class {
	t.Helper()
	var e *api.Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want *api.Error", err)
	}
	return e.Class
}

func TestSimulator_LifeOfAnActivityInEverySetting(t *testing.T) {
	for _, v := range severasim.AllSwitches() {
		t.Run(v.Name, func(t *testing.T) {
			o := newOffice(t, severasim.Options{Switches: v.Switches, RatePerSecond: -1})
			ctx, c := t.Context(), o.client
			made, err := c.CreateActivity(ctx, o.draft())
			if err != nil {
				t.Fatal(err)
			}
			moved := made.Start.Add(24 * time.Hour)
			patched, err := c.PatchActivity(ctx, made.GUID, []api.PatchOp{
				api.Replace("/name", "Moved"), api.Replace("/startDateTime", moved), api.Replace("/endDateTime", moved.Add(time.Hour)), api.Replace("/isClosed", true),
			})
			if err != nil {
				t.Fatal(err)
			}
			if patched.GUID != made.GUID || patched.Name != "Moved" || !patched.Start.Equal(moved) || !patched.IsClosed {
				t.Errorf("patched = %+v", patched)
			}
			rows, problems, err := api.All(c.Activities(ctx, api.ActivityQuery{
				UserGUIDs: []string{o.user}, IncludeAsMember: true, Start: moved.AddDate(0, 0, -1), End: moved.AddDate(0, 0, 1),
			}))
			if err != nil || len(problems) != 0 {
				t.Fatal(err, problems)
			}
			if diff := cmp.Diff([]api.Activity{patched}, rows); diff != "" {
				t.Errorf("listed (-want +got):\n%s", diff)
			}
			if err := c.DeleteActivity(ctx, made.GUID); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Activity(ctx, made.GUID); classOf(t, err) != api.NotFound {
				t.Errorf("after the delete: %v, want not found", err)
			}
			if _, err := c.UserByEmail(ctx, "nobody@office.test"); classOf(t, err) != api.NotFound {
				t.Errorf("unknown user: %v, want not found", err)
			}
		})
	}
}

func TestSimulator_PagesOfTwoHundredAndFiftyWithinTheQuota(t *testing.T) {
	o := newOffice(t, severasim.Options{})
	for i := range 250 {
		a := severasim.Activity{Name: "a", OwnerGUID: o.user, TypeGUID: o.entry, HasDuration: true, Start: time.Date(2026, 3, 2, 9, i, 0, 0, time.UTC)}
		a.End = a.Start.Add(time.Hour)
		if _, err := o.sim.AddActivity(a); err != nil {
			t.Fatal(err)
		}
	}
	q := api.ActivityQuery{UserGUIDs: []string{o.user}}
	seen := map[string]bool{}
	for range 4 { // 12 requests and the sign-in: more than a second's quota
		rows, _, err := api.All(o.client.Activities(t.Context(), q))
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range rows {
			seen[a.GUID] = true
		}
	}
	if got, want := len(seen), 250; got != want {
		t.Errorf("activities = %d, want %d", got, want)
	}
	counts := o.sim.Counts()
	if counts.Status[429] != 0 {
		t.Errorf("refused for the quota: %d, want 0", counts.Status[429])
	}
	if got, want := counts.Total(), 13; got != want {
		t.Errorf("requests = %d, want %d", got, want)
	}
}

func TestSimulator_ExpiredPageTokenIsToldApart(t *testing.T) {
	o := newOffice(t, severasim.Options{
		RatePerSecond: -1, Faults: faultscript.New(faultscript.Rule{Op: "GET /v1/activities", After: 1, Kind: faultscript.ExpiredCursor}),
	})
	for range 2 {
		if _, err := o.client.CreateActivity(t.Context(), o.draft()); err != nil {
			t.Fatal(err)
		}
	}
	rows, _, err := api.All(o.client.Activities(t.Context(), api.ActivityQuery{RowCount: 1}))
	if !api.PageTokenRefused(err) || rows != nil {
		t.Errorf("rows = %v, error = %v, want none and a refused page token", rows, err)
	}
	_, err = o.client.Activity(t.Context(), "no-such-activity")
	if api.PageTokenRefused(err) || api.PageTokenRefused(nil) {
		t.Errorf("%v is taken for a refused page token", err)
	}
}

func TestSimulator_OccurrencesHaveCompositeIDs(t *testing.T) {
	o := newOffice(t, severasim.Options{RatePerSecond: -1})
	d := o.draft()
	n := 3
	d.Recurrence = &api.Recurrence{
		Frequency: api.Weekly, Pattern: api.RecurrencePattern{Weekly: &api.WeeklyPattern{Interval: 1, Monday: true}}, Range: api.RecurrenceRange{MaxOccurrences: &n},
	}
	ctx := t.Context()
	series, err := o.client.CreateActivity(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	q := api.ActivityQuery{UserGUIDs: []string{o.user}, Start: d.Start.Time, End: d.Start.AddDate(0, 2, 0)}
	rows, _, err := api.All(o.client.Activities(ctx, q))
	if err != nil || len(rows) != n {
		t.Fatalf("occurrences = %d, %v, want %d", len(rows), err, n)
	}
	if !strings.Contains(rows[1].GUID, ";") {
		t.Fatalf("id %q is not composite; the test proves nothing", rows[1].GUID)
	}
	one, err := o.client.Activity(ctx, rows[1].GUID)
	if err != nil || one.RecurrenceParentActivityGUID != series.GUID || one.RecurrenceType != api.RecurrenceOccurrence {
		t.Errorf("occurrence = %+v, %v", one, err)
	}
	q.RecurrenceType = api.RecurrenceSeries
	masters, _, err := api.All(o.client.Activities(ctx, q))
	if err != nil || len(masters) != 1 || masters[0].Recurrence == nil || *masters[0].Recurrence.Range.MaxOccurrences != n {
		t.Errorf("masters = %+v, %v", masters, err)
	}
	if err := o.client.DeleteActivity(ctx, rows[1].GUID); err != nil {
		t.Fatal(err)
	}
	if err := o.client.DeleteExceptions(ctx, series.GUID); err != nil {
		t.Error(err)
	}
}

func TestSimulator_Participants(t *testing.T) {
	o := newOffice(t, severasim.Options{RatePerSecond: -1})
	ctx := t.Context()
	other := o.sim.AddUser(severasim.User{FirstName: "Ben", LastName: "Salo", Email: "ben@office.test"})
	a, err := o.client.CreateActivity(ctx, o.draft())
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.client.AddParticipant(ctx, api.ParticipantDraft{ActivityGUID: a.GUID, ParticipantGUID: other, Status: api.StatusInvited})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = o.client.PatchParticipant(ctx, p.GUID, []api.PatchOp{api.Replace("/status", api.StatusAccepted)}); err != nil || p.Status != api.StatusAccepted {
		t.Fatalf("patched = %+v, %v", p, err)
	}
	page, err := o.client.Participants(ctx, a.GUID)
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Email != "ben@office.test" {
		t.Errorf("participants = %+v, %v", page, err)
	}
	if err := o.client.DeleteParticipant(ctx, a.GUID, p.GUID); err != nil {
		t.Error(err)
	}
	if page, err = o.client.Participants(ctx, a.GUID); err != nil || len(page.Rows) != 0 {
		t.Errorf("participants after the delete = %+v, %v", page, err)
	}
}

func TestSimulator_OfficeRoutes(t *testing.T) {
	o := newOffice(t, severasim.Options{RatePerSecond: -1})
	ctx, c := t.Context(), o.client
	if err := errors.Join(c.Heartbeat(ctx), c.Authorized(ctx), c.CheckScopes(ctx)); err != nil {
		t.Error(err)
	}
	types, problems, err := api.All(c.ActivityTypes(ctx, api.ActivityTypeQuery{}))
	if err != nil || len(types) != len(o.sim.ActivityTypes()) || len(problems) != 0 {
		t.Errorf("types = %d, %v, %v", len(types), problems, err)
	}
	u, err := c.UserByEmail(ctx, "ANNA@office.test")
	if err != nil || u.GUID != o.user || u.TimeZone == nil || u.TimeZone.IANAName != "Europe/Helsinki" {
		t.Errorf("user = %+v, %v", u, err)
	}
	zones, _, err := api.All(c.TimeZones(ctx))
	if err != nil || len(zones) == 0 {
		t.Errorf("zones = %d, %v", len(zones), err)
	}
	org, err := c.OrganizationDetails(ctx)
	if err != nil || org.TimeZone == nil {
		t.Errorf("organisation = %+v, %v", org, err)
	}
}

func TestSimulator_FaultsOfAWrite(t *testing.T) {
	tests := []struct {
		kind   faultscript.Kind
		class  api.Class
		writes int
	}{
		{faultscript.Throttle, api.Throttled, 0},
		{faultscript.Unavailable, api.OutcomeUnknown, 0},
		{faultscript.DropBefore, api.OutcomeUnknown, 0},
		{faultscript.DropAfter, api.OutcomeUnknown, 1},
		{faultscript.Malformed, api.OutcomeUnknown, 1},
		{faultscript.Truncated, api.OutcomeUnknown, 1},
	}
	for _, tt := range tests {
		t.Run(tt.kind.String(), func(t *testing.T) {
			o := newOffice(t, severasim.Options{
				RatePerSecond: -1, Faults: faultscript.New(faultscript.Rule{Op: "POST /v1/activities", Kind: tt.kind}),
			})
			_, err := o.client.CreateActivity(t.Context(), o.draft())
			if got := classOf(t, err); got != tt.class {
				t.Errorf("class = %v, want %v (%v)", got, tt.class, err)
			}
			counts := o.sim.Counts()
			if got := counts.Requests["POST /v1/activities"]; got != 1 {
				t.Errorf("posts = %d, want 1", got)
			}
			if got := counts.Writes["POST /v1/activities"]; got != tt.writes {
				t.Errorf("writes = %d, want %d", got, tt.writes)
			}
		})
	}
}

func TestSimulator_TokensRevokedInMidRunAreRenewed(t *testing.T) {
	o := newOffice(t, severasim.Options{RatePerSecond: -1})
	for range 2 {
		if _, err := o.client.CreateActivity(t.Context(), o.draft()); err != nil {
			t.Fatal(err)
		}
		o.sim.RevokeTokens()
	}
	if got, want := o.sim.Counts().Writes["POST /v1/activities"], 2; got != want {
		t.Errorf("writes = %d, want %d", got, want)
	}
}

func TestSimulator_RefusalsOfTheOrganisation(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*severasim.Server)
		class api.Class
		whole bool
	}{
		{"secret changed", func(s *severasim.Server) { s.SetClient("lockstep", "other", severasim.AllScopes()) }, api.Auth, true},
		{"scope taken away", func(s *severasim.Server) { s.SetClient("lockstep", "secret", []string{"users:read"}) }, api.ScopeMissing, true},
		{"terms", func(s *severasim.Server) { s.SetTermsApproved(false) }, api.Forbidden, true},
		{"add-on", func(s *severasim.Server) { s.SetAddonActive(false) }, api.Forbidden, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t, severasim.Options{RatePerSecond: -1})
			tt.spoil(o.sim)
			_, err := o.client.CreateActivity(t.Context(), o.draft())
			if got := classOf(t, err); got != tt.class {
				t.Fatalf("class = %v, want %v (%v)", got, tt.class, err)
			}
			var e *api.Error
			if errors.As(err, &e); e.WholeOrganisation() != tt.whole {
				t.Errorf("whole organisation = %v, want %v (%v)", e.WholeOrganisation(), tt.whole, err)
			}
		})
	}
}
