package severasim

import (
	"net/http"
	"slices"
	"strings"
	_ "time/tzdata" // the simulator must know all zones wherever it runs
)

// zone is a row of /v1/localization/timezones. That systemName is the Windows
// name is inferred from its neighbour, ianaName.
type zone struct{ guid, name, windows, iana string }

// knownZones is a choice of zones; others are added when a user has them. The
// Windows names are those of the CLDR's windowsZones table.
func knownZones() []zone {
	var out []zone
	for _, z := range [][3]string{
		{"(UTC) Coordinated Universal Time", "UTC", "Etc/UTC"},
		{"(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "GMT Standard Time", "Europe/London"},
		{"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "W. Europe Standard Time", "Europe/Berlin"},
		{"(UTC+01:00) Amsterdam", "W. Europe Standard Time", "Europe/Amsterdam"},
		{"(UTC+01:00) Stockholm", "W. Europe Standard Time", "Europe/Stockholm"},
		{"(UTC+01:00) Oslo", "W. Europe Standard Time", "Europe/Oslo"},
		{"(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "Romance Standard Time", "Europe/Paris"},
		{"(UTC+01:00) Copenhagen", "Romance Standard Time", "Europe/Copenhagen"},
		{"(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb", "Central European Standard Time", "Europe/Warsaw"},
		{"(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius", "FLE Standard Time", "Europe/Helsinki"},
		{"(UTC+02:00) Tallinn", "FLE Standard Time", "Europe/Tallinn"},
		{"(UTC+02:00) Athens, Bucharest", "GTB Standard Time", "Europe/Bucharest"},
		{"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "India Standard Time", "Asia/Kolkata"},
		{"(UTC+09:00) Osaka, Sapporo, Tokyo", "Tokyo Standard Time", "Asia/Tokyo"},
		{"(UTC+10:00) Canberra, Melbourne, Sydney", "AUS Eastern Standard Time", "Australia/Sydney"},
		{"(UTC-05:00) Eastern Time (US & Canada)", "Eastern Standard Time", "America/New_York"},
		{"(UTC-06:00) Central Time (US & Canada)", "Central Standard Time", "America/Chicago"},
		{"(UTC-08:00) Pacific Time (US & Canada)", "Pacific Standard Time", "America/Los_Angeles"},
	} {
		out = append(out, newZone(z[0], z[1], z[2]))
	}
	return out
}

func newZone(name, windows, iana string) zone {
	return zone{guid: keywordGUID("zone " + iana), name: name, windows: windows, iana: iana}
}

func (s *store) zone(iana string) (zone, bool) {
	if iana == "UTC" {
		iana = "Etc/UTC"
	}
	i := slices.IndexFunc(s.zones, func(z zone) bool { return z.iana == iana })
	if i < 0 {
		return zone{}, false
	}
	return s.zones[i], true
}

// knowZone adds a zone that the list lacks; its Windows name stays unknown.
func (s *store) knowZone(iana string) {
	if _, ok := s.zone(iana); !ok && iana != "" {
		s.zones = append(s.zones, newZone(iana, "", iana))
	}
}

func (z zone) render() zoneModel {
	return zoneModel{Name: z.name, GUID: z.guid, SystemName: z.windows, IANAName: z.iana}
}

func (s *Server) listZones(*request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	out := make([]zoneModel, 0, len(s.st.zones))
	for _, z := range s.st.zones {
		out = append(out, z.render())
	}
	return answer{status: http.StatusOK, body: out}
}

func (s *Server) getZone(r *request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	guid := strings.ToLower(r.path("guid"))
	for _, z := range s.st.zones {
		if z.guid == guid {
			return answer{status: http.StatusOK, body: z.render()}
		}
	}
	return missing()
}
