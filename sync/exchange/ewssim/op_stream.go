package ewssim

import "net/http"

type subscription struct{}

func (s *Server) stream(w http.ResponseWriter, r *http.Request, c *call) {}
