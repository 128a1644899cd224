package bustest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"lockstep/sync/network/bustest"
)

func TestEavesdrop_HearsTextsHoweverTheyAreWrapped(t *testing.T) {
	bus := bustest.Start(t, bustest.OfSession)
	heard := bustest.Eavesdrop(t, bus, os.Getenv(bustest.OfSession))
	for _, v := range []any{
		"heard plainly",
		map[string]dbus.Variant{"label": dbus.MakeVariant("heard in a map")},
		[]dbus.Variant{dbus.MakeVariant([]byte("heard as bytes"))},
	} {
		if err := bus.Emit("/org/lockstep", "org.lockstep.Said", v); err != nil {
			t.Fatal(err)
		}
	}
	got := heard()
	for _, want := range []string{"heard plainly", "heard in a map", "heard as bytes"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q was not heard", want)
		}
	}
}
