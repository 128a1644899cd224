package severa_test

import (
	"strings"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
	"lockstep/sync/event"
	"lockstep/sync/severa/severasim"
)

// suite judges anna's calendar. Only some fields are declared, see limited.
func suite(sw severasim.Switches, fields event.FieldSet) endpointtest.Options {
	// The kinds' ids depend on the seed alone; none of them is the default or the Personal type.
	sim := severasim.New(severasim.Options{})
	kinds := []event.Kind{
		{ID: sim.TypeOf(severasim.SalesEvent), Name: "To-do", Group: event.GroupTodo},
		{ID: sim.TypeOf(severasim.Absences), Name: "Absence", Group: event.GroupAbsence},
	}
	var now *clock // of the newest system
	return endpointtest.Options{
		Now:       func() time.Time { return now.now() },
		Kinds:     kinds,
		Attendees: []string{"ben@office.test", "boss@office.test", "cy@office.test"},
		New: func(t testing.TB) (endpoint.Endpoint, endpointtest.Hands) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: sw}})
			now = o.clock
			h := &hands{
				office: o, sw: sw, fields: o.endpoint(o.anna).Capabilities().Fields & fields,
				plain: o.sim.TypeOf(severasim.CalendarEntry), secret: o.sim.TypeOf(severasim.Personal),
			}
			return limited{o.endpoint(o.anna), h.fields, h}, h
		},
	}
}

func TestEndpoint_ConformsInEverySetting(t *testing.T) {
	for _, v := range variations() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			endpointtest.Run(t, suite(v.Switches, event.AllFields&^event.FieldKind))
		})
	}
}

func TestEndpoint_ConformsByKind(t *testing.T) {
	endpointtest.Run(t, suite(severasim.Switches{}, event.AllFields&^event.FieldPrivate))
}

func TestEndpoint_HoldsSeries(t *testing.T) {
	for _, v := range writable() {
		if !aboutSeries(v) && !strings.HasSuffix(v.Name, "_ids") && !strings.HasPrefix(v.Name, "master_") {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			endpointtest.RunSeries(t, suite(v.Switches, event.AllFields&^event.FieldKind))
		})
	}
}
