-- An order that fits, put again and again.
wrk.method = "PUT"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"id": 7, "customer": "Mia", "lines": [{"article": "AB-1", "count": 2, "colour": "green"}, {"article": "CD-2", "count": 1}]}'
