package api

import (
	"maps"
	"sync"
)

// RouteStats counts what went over one route.
type RouteStats struct {
	Requests      int64
	BytesSent     int64 // of bodies
	BytesReceived int64 // of bodies, after decompression
}

type stats struct {
	mu     sync.Mutex
	routes map[string]RouteStats
}

func (s *stats) add(route string, sent, received int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.routes[route]
	r.Requests++
	r.BytesSent += int64(sent)
	r.BytesReceived += int64(received)
	s.routes[route] = r
}

// Stats returns the counts since the client was made, by route such as "GET /v1/activities/{guid}".
// The sign-in has a route of its own.
func (c *Client) Stats() map[string]RouteStats {
	c.stats.mu.Lock()
	defer c.stats.mu.Unlock()
	return maps.Clone(c.stats.routes)
}
