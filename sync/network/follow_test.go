package network

import (
	"net"
	"testing"
	"time"

	"lockstep/sync/doctor"
)

func TestTrip_ReachesAServerOfIPv6Alone(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6")
	}
	t.Cleanup(func() { _ = l.Close() })
	trip := Start(Target{URL: "https://" + l.Addr().String() + "/EWS/Exchange.asmx", Now: time.Now, Chooser: Settings{}.Chooser(Machine{}, time.Now)})
	t.Cleanup(trip.Close)
	if r := trip.Reach(t.Context()); r.State != doctor.Passed || r.Fact("connected") != "::1" {
		t.Errorf("reached: %+v", r)
	}
	if r := trip.Through(t.Context()); r.Fact("route") != "direct, without a proxy" || r.Fact("chosen_by") != fromHere {
		t.Errorf("the way there: %+v", r)
	}
}

func TestFamilies_TellsWhatANameStandsFor(t *testing.T) {
	for want, addresses := range map[string][]string{
		"IPv4 alone":    {"192.0.2.1", "192.0.2.2"},
		"IPv6 alone":    {"2001:db8::1"},
		"IPv4 and IPv6": {"192.0.2.1", "2001:db8::1"},
	} {
		if got := families(addresses); got != want {
			t.Errorf("%v: %s, want %s", addresses, got, want)
		}
	}
}
