package severasim

import "time"

// agendaMost bounds an agenda: one is for a screen.
const agendaMost = 10_000

// Agenda lists what a user owns or takes part in within a time, occurrences of
// series one by one, as the product's own calendar shows it.
func (s *Server) Agenda(user string, from, to time.Time) []Activity {
	page, _, _ := s.st.list(listQuery{users: []string{user}, asMember: true, start: from, end: to, limit: agendaMost})
	out := make([]Activity, 0, len(page))
	for _, a := range page {
		out = append(out, a.clone())
	}
	return out
}
