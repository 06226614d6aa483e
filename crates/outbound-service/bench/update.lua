-- The update with the example of the document.
wrk.method = "PUT"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Syllable-API-Key"] = "key"
wrk.body = [[{"campaign_name":"Outbound Campaign 1","campaign_variables":{"key":"value","key2":"value2"},]]
  .. [["caller_id":"19995551234","active_days":["mon","tue","wed","thu","fri"],]]
  .. [["description":"This is a test campaign","mode":"voice","sms_session_ttl":720,"labels":["test","demo"],]]
  .. [["daily_start_time":"09:00:00","daily_end_time":"17:00:00","source":"+19032900844","hourly_rate":25,]]
  .. [["retry_count":1,"retry_interval":"30m","voicemail_detection":{"voicemail_detection_overall_timeout":30,]]
  .. [["voicemail_detection_post_speech_timeout":1.75,"voicemail_detection_pre_speech_timeout":3.5}}]]

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("%d %d %.2f %d\n", summary.requests, summary.duration, latency:percentile(99) / 1000, failed))
end
