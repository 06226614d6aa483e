//! Samples of code, as reference pages show them: that they compile is what this file is for. They are not
//! run: there is nobody to call.

include!(concat!(env!("OUT_DIR"), "/samples.rs"));

#[test]
fn each_operation_has_a_sample() {
    let pets = [
        "get /pets",
        "post /pets",
        "get /pets/{id}/photo",
        "put /pets/{id}/photo",
        "get /steps",
        "post /steps",
        "post /films",
    ];
    assert_eq!(pets::SAMPLES, pets);
    let campaigns = ["get", "post"].map(|method| format!("{method} /api/v1/outbound/campaigns"));
    let campaign =
        ["get", "put", "delete"].map(|method| format!("{method} /api/v1/outbound/campaigns/{{campaign_id}}"));
    assert_eq!(campaigns::SAMPLES, [&campaigns[..], &campaign].concat());
}
