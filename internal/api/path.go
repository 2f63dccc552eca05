package api

import (
	"muster/internal/fault"
	"muster/internal/model"
)

// id gives a part of the path that is the id of something; that of an account may be "me".
func (c *call) id(name string) (string, error) {
	if name == "user_id" {
		return c.userID()
	}
	v, err := c.param(name)
	if err == nil && !model.ValidID(v) {
		return "", fault.URL(name)
	}
	return v, err
}

// twoIDs gives two parts of the path that are ids.
func (c *call) twoIDs(first, second string) (a, b string, err error) {
	if a, err = c.id(first); err != nil {
		return "", "", err
	}
	b, err = c.id(second)
	return a, b, err
}

// answer sends what a service gives.
func answer[T any](c *call, status int, v T, err error) error {
	if err != nil {
		return err
	}
	return c.json(status, v)
}
